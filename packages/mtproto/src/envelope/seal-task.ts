import { sealPacket } from '../crypto/message-cipher.ts'
import type { SealTask } from '../machine.ts'
import { SIDES } from './sides.ts'

/** Seals a packet of a server where it lies. */
export function computeSeal({ authKey, packet }: SealTask): Uint8Array {
  sealPacket(authKey, SIDES.server.sendOffset, packet)
  return packet
}
