/** What a caller of a door asked for cannot be; answered with 400 and the sentence. */
export class Nonsense extends Error {}
