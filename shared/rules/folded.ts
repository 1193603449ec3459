/**
 * Characters that nobody sees and that change no meaning: formats such as zero-width spaces and
 * directions of writing, and what a font may leave out, such as variation selectors.
 */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** Hyphens, dashes and minus signs of every script, which people type for one another. */
const dashes = /[\p{Pd}\u2212\u2043]/gu

/**
 * Returns the text as it is compared: full-width and compatibility forms as plain ones, without
 * invisible characters, in one case, with single blanks. Never shown: a text is shown as it came.
 */
export function folded(text: string): string {
  return (
    visible(text)
      // Upper case first: «ß» is found by «SS», and both forms of «σ» are one.
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKC')
      .replaceAll('ς', 'σ')
  )
}

/** Returns the words of a search, as they are compared. */
export function foldedWords(text: string): string[] {
  return folded(text).split(' ').filter(Boolean)
}

/**
 * Returns a code on a machine as it is compared: `folded`, without blanks, every dash as a hyphen.
 * Hyphens stay: makers tell «1-11» from «11-1».
 */
export function foldedCode(text: string): string {
  return folded(text.replace(dashes, '-')).replace(/\s/g, '')
}

/** Returns the text in plain forms, without what nobody can see. Case and dashes stay. */
export function visible(text: string): string {
  return text.normalize('NFKC').replace(invisible, '').replace(/\s+/g, ' ').trim()
}

/** Returns the text with every kind of dash as a hyphen. */
export function plainDashes(text: string): string {
  return text.replace(dashes, '-')
}
