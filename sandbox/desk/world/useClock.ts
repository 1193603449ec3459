import { computed, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue'

/**
 * The sandbox's time, moving on by itself between two states. `skew` is how many milliseconds it is
 * ahead of this machine's.
 */
export function useClock(skew: Readonly<Ref<number>>): ComputedRef<Date> {
  const here = ref(Date.now())
  const timer = setInterval(() => (here.value = Date.now()), 1000)
  onScopeDispose(() => clearInterval(timer))
  return computed(() => new Date(here.value + skew.value))
}
