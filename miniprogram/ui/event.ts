/** Returns the present state of a switch. */
export function isOn(event: unknown): boolean {
  return (event as { detail: { value: boolean } }).detail.value
}

/**
 * Returns the present value of an input, textarea or picker. uni's types say that these are events
 * of the DOM, but the value is in `detail` on every platform.
 */
export function valueOf(event: unknown): string {
  return (event as { detail: { value: string } }).detail.value
}
