import { onMounted, onUnmounted, ref } from 'vue'
import { readPicture } from './read-picture.ts'

/** A code as words, as a file, or as a picture that is pasted. `read`: what becomes of it. */
export function useScanner(read: (code: string) => Promise<void>) {
  const typed = ref('')
  const busy = ref(false)
  const unreadable = ref(false)

  async function submit(code: string) {
    if (busy.value || code.trim() === '') return
    busy.value = true
    unreadable.value = false
    await read(code.trim())
    busy.value = false
  }

  async function readFile(file: Blob | null | undefined) {
    if (!file) return
    unreadable.value = false
    const found = await readPicture(file)
    if (found === null) unreadable.value = true
    else await submit(found)
  }

  function chosen(event: Event) {
    if (event.target instanceof HTMLInputElement) void readFile(event.target.files?.[0])
  }

  function pasted(event: ClipboardEvent) {
    const file = [...(event.clipboardData?.files ?? [])].find((one) =>
      one.type.startsWith('image/'),
    )
    if (!file) return
    event.preventDefault()
    void readFile(file)
  }
  onMounted(() => document.addEventListener('paste', pasted))
  onUnmounted(() => document.removeEventListener('paste', pasted))

  return { typed, busy, unreadable, submit, readFile, chosen }
}
