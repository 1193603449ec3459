/** The console is where WeChat, too, tells a developer what went wrong. */
export function logError(...words: unknown[]): void {
  console.error(...words)
}

export function logWarning(...words: unknown[]): void {
  console.warn(...words)
}
