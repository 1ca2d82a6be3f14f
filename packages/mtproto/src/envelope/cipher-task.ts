import { sealPacket } from '../crypto/message-cipher.ts'
import type { CipherResult, CipherTask } from '../machine.ts'
import { decryptMessage } from './encrypted.ts'
import { SIDES } from './sides.ts'

/** Seals a packet of a server, or opens one of a client, where it lies. */
export function computeCipher({ kind, authKey, packet }: CipherTask): CipherResult {
  if (kind === 'seal') {
    sealPacket(authKey, SIDES.server.sendOffset, packet)
    return { kind: 'sealed', packet }
  }
  return { kind: 'opened', decrypted: decryptMessage(authKey, 'server', packet, 'inPlace') }
}
