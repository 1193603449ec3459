import { ref, watch, type Ref } from 'vue'
import type { DeskState } from '../../api.ts'
import type { World } from './useWorld.ts'

/**
 * The product's server holds the credentials of the scene it was started with. Gives the name of
 * the present scene when that has another app, so that the server talks to an app that is not
 * there; null when all is well.
 */
export function useOtherApp(
  state: Readonly<Ref<DeskState | null>>,
  world: Pick<World, 'credentials'>,
): Readonly<Ref<string | null>> {
  const other = ref<string | null>(null)
  let first: string | null = null
  watch(
    () => state.value?.scene,
    async (scene) => {
      if (!scene) return
      const env = await world.credentials().catch(() => null)
      if (!env || state.value?.scene !== scene) return
      const app = `${env.WECOM_CORP_ID} ${env.WECOM_AGENT_ID}`
      first ??= app
      other.value = app === first ? null : scene
    },
    { immediate: true },
  )
  return other
}
