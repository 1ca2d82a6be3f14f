/** The command line is wrong: what to type instead is in the message. Exit code 2. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError'
}

/** A command could not do its work: one sentence, and the next step. Exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** No server answers at the address, or it stopped while it was asked. */
export class NoServerError extends CommandError {}
