import { refusal } from '../rules/index.ts'

/** No argument of a login is longer; checked before anything is done with it. */
const MAX_TEXT = 4096

/** @throws {RpcError} INPUT_REQUEST_TOO_LONG */
export function checkTexts(...texts: readonly string[]): void {
  if (texts.some((text) => text.length > MAX_TEXT)) throw refusal('INPUT_REQUEST_TOO_LONG')
}
