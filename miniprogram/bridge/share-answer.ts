/**
 * Whether the reader handed the page on, by what WeChat answers to `sendAppMessage`. Clients say
 * `:ok` or `:confirm`. A cancelled or refused chooser handed on nothing.
 */
export function isHandedOn(answer: string): boolean {
  return /:(ok|confirm)$/.test(answer)
}
