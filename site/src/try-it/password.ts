import { passwordProof, type TelegramClient } from '@cablegram/client'
import { element } from './element.ts'
import type { Input } from './inputs.ts'

/** The type of a proof of a password, which no text can be. */
export const PROOF_TYPE = 'InputCheckPasswordSRP'

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

/** A field for a password; {@link proofOf} makes the proof of it. */
export function passwordInput(id: string): Input & { readonly password: () => string } {
  const node = element('div', { className: 'field' })
  const input = element('input', { type: 'password', id })
  input.setAttribute('autocomplete', 'off')
  node.append(element('label', { htmlFor: id, textContent: 'password' }), input)
  const hint = element('p', {
    textContent: 'The page makes the proof from it (SRP), for the newest answer to account.getPassword.',
  })
  node.append(hint)
  return { node, read: () => undefined, password: () => input.value }
}

/** The proof of a password for the newest question of the server. */
export async function proofOf(client: TelegramClient, password: string): Promise<object> {
  return passwordProof(await client.account.getPassword({}), password, random)
}
