/** Characters that nobody sees. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** Returns a text as searches compare it: one width, one case, without invisible characters. */
export function folded(text: string): string {
  return text.normalize('NFKC').replace(invisible, '').replace(/\s+/g, ' ').trim().toLowerCase()
}
