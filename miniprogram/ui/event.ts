/** What a switch is now. */
export function isOn(event: unknown): boolean {
  return (event as { detail: { value: boolean } }).detail.value
}

/**
 * What an input, textarea or picker holds now. uni types these events as the DOM's, which they are
 * not: the value is in `detail` on every platform.
 */
export function valueOf(event: unknown): string {
  return (event as { detail: { value: string } }).detail.value
}
