import { refusal } from '../rules/index.ts'

/** Longest text argument; longer ones are refused before any work. */
const MAX_TEXT = 4096

/** @throws {RpcError} INPUT_REQUEST_TOO_LONG */
export function checkTexts(...texts: readonly string[]): void {
  if (texts.some((text) => text.length > MAX_TEXT)) throw refusal('INPUT_REQUEST_TOO_LONG')
}
