/** A command cannot do what the operator asked for; the message says why. */
export class CommandError extends Error {}
