/** What the operator asked for cannot be done; the sentence says why. */
export class CommandError extends Error {}
