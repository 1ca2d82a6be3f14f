import type { LoginOptions } from './context.ts'

/** The options of a login that asks. */
export interface PromptedOptions extends LoginOptions {
  /** Gives the login up when it aborts, and cancels the code that was sent. */
  readonly signal?: AbortSignal | undefined
}

/** The options of `client.start`. */
export interface StartOptions extends PromptedOptions {
  /**
   * Draws a text as a QR code, as lines for the terminal: with it, one is shown above the question for the number. Not at a
   * server of your own, whose QR codes no phone can scan; the prompt `qr` shows them there.
   */
  readonly drawQr?: ((text: string) => string) | undefined
}
