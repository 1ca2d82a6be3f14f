/** The command line is wrong; the message says what to type instead. Exit code 2. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError'
}

/** A command failed; the message is one sentence and the next step. Exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** No server answers at the address, or it stopped before it answered. */
export class NoServerError extends CommandError {}
