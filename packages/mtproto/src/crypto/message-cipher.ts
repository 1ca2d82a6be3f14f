import { sha256, timingSafeEqual } from '#primitives'
import type { AuthKey } from '../machine.ts'
import { decryptIgeInto, encryptIgeInto } from './ige.ts'
import type { KeyOffset } from './kdf.ts'
import { digestMemory, digestWord, startDigest } from './kernel/digest.ts'
import { kernel } from './kernel/kernel.ts'
import { LAYOUT } from './kernel/layout.ts'
import { allocateBytes } from './slab.ts'

/** A packet is auth_key_id | msg_key | encrypted plaintext. */
export const PACKET_HEAD_BYTES = 24

/** A packet, and what a quick acknowledgement of it says. */
export interface SealedPacket {
  readonly packet: Uint8Array
  /** The first word of msg_key_large with its high bit set, unsigned. */
  readonly quickAckToken: number
}

/** A packet's plaintext, padding included, and its quick acknowledgement token. */
export interface OpenedPacket {
  readonly plaintext: Uint8Array
  readonly quickAckToken: number
}

/**
 * Up to this many bytes a message is hashed, derived and encrypted within the kernel: a call into the runtime's
 * own hash costs more before it begins than the kernel's takes in all.
 */
const MAX_SMALL_BYTES = 1024

const { bytes, words } = kernel
const view = new DataView(bytes.buffer)
const BUFFER = LAYOUT.buffer
/** A packet's head lies in front of the buffer; so does what is hashed before the plaintext, one after the other. */
const KEY_ID = BUFFER - PACKET_HEAD_BYTES
const MSG_KEY = BUFFER - 16
const HASH_PREFIX_BYTES = 32
const expectedMsgKey = new Int32Array(4)
const AES_KEY = bytes.subarray(LAYOUT.aesKey, LAYOUT.aesKey + 32)
const AES_IV = bytes.subarray(LAYOUT.igeState, LAYOUT.igeState + 32)

/**
 * Encrypts a packet where it lies, and writes its head in front.
 *
 * @param packet room for the head, 24 bytes, then the plaintext, with its padding a multiple of 16 bytes
 * @returns the packet's quick acknowledgement token
 * @see protocol.md section 4
 */
export function sealPacket({ id, key }: AuthKey, x: KeyOffset, packet: Uint8Array): number {
  const plaintext = packet.subarray(PACKET_HEAD_BYTES)
  bytes.set(key, LAYOUT.authKey)
  if (plaintext.length > MAX_SMALL_BYTES) {
    const msgKeyLarge = sha256(key.subarray(88 + x, 120 + x), plaintext)
    bytes.set(msgKeyLarge.subarray(8, 24), MSG_KEY)
    deriveAesKeyIv(x)
    encryptIgeInto(plaintext, AES_KEY, AES_IV, plaintext)
    view.setBigInt64(KEY_ID, id, true)
    packet.set(bytes.subarray(KEY_ID, BUFFER))
    return tokenOf(msgKeyLarge)
  }
  const end = BUFFER + plaintext.length
  bytes.set(plaintext, BUFFER)
  digestPlaintext(x, plaintext.length)
  for (let i = 0; i < 4; i++) words[MSG_KEY / 4 + i] = digestWord(2 + i)
  const quickAckToken = toToken(digestWord(0))
  deriveAesKeyIv(x)
  kernel.expandEncrypt()
  kernel.igeEncrypt(BUFFER, end)
  view.setBigInt64(KEY_ID, id, true)
  packet.set(bytes.subarray(KEY_ID, end))
  return quickAckToken
}

/**
 * The plaintext of a packet whose msg_key is right, else undefined.
 *
 * @param packet 24 bytes and at least one block
 * @param plaintext the memory for it; it may be that of the packet behind its head
 */
export function openPacket(
  { key }: AuthKey,
  x: KeyOffset,
  packet: Uint8Array,
  plaintext: Uint8Array = allocateBytes(packet.length - PACKET_HEAD_BYTES),
): OpenedPacket | undefined {
  bytes.set(key, LAYOUT.authKey)
  if (plaintext.length > MAX_SMALL_BYTES) {
    bytes.set(packet.subarray(8, PACKET_HEAD_BYTES), MSG_KEY)
    deriveAesKeyIv(x)
    decryptIgeInto(plaintext, AES_KEY, AES_IV, packet.subarray(PACKET_HEAD_BYTES))
    const msgKeyLarge = sha256(key.subarray(88 + x, 120 + x), plaintext)
    if (!timingSafeEqual(msgKeyLarge.subarray(8, 24), packet.subarray(8, PACKET_HEAD_BYTES))) return undefined
    return { plaintext, quickAckToken: tokenOf(msgKeyLarge) }
  }
  const end = BUFFER + plaintext.length
  bytes.set(packet, KEY_ID)
  deriveAesKeyIv(x)
  kernel.expandDecrypt()
  kernel.igeDecrypt(BUFFER, end)
  for (let i = 0; i < 4; i++) expectedMsgKey[i] = words[MSG_KEY / 4 + i] ?? 0
  plaintext.set(bytes.subarray(BUFFER, end))
  digestPlaintext(x, plaintext.length)
  // Every word is compared whatever the ones before it gave: the time tells nothing.
  let difference = 0
  for (let i = 0; i < 4; i++) difference |= digestWord(2 + i) ^ (expectedMsgKey[i] ?? 0)
  return difference === 0 ? { plaintext, quickAckToken: toToken(digestWord(0)) } : undefined
}

function tokenOf(msgKeyLarge: Uint8Array): number {
  return toToken(new DataView(msgKeyLarge.buffer, msgKeyLarge.byteOffset, 4).getInt32(0, true))
}

function toToken(firstWord: number): number {
  return (firstWord | 0x80000000) >>> 0
}

/** msg_key_large of what lies in the buffer; overwrites the 32 bytes in front of it. */
function digestPlaintext(x: KeyOffset, length: number): void {
  copyWords(BUFFER - HASH_PREFIX_BYTES, LAYOUT.authKey + 88 + x, 8)
  digestMemory(BUFFER - HASH_PREFIX_BYTES, HASH_PREFIX_BYTES + length)
}

/** The AES key and IV for the msg_key in front of the buffer, to where the kernel takes them. */
function deriveAesKeyIv(x: KeyOffset): void {
  copyWords(LAYOUT.hashInput, MSG_KEY, 4)
  copyWords(LAYOUT.hashInput + 16, LAYOUT.authKey + x, 9)
  digestInput()
  putDigest(LAYOUT.aesKey, 0, 2)
  putDigest(LAYOUT.igeState + 8, 2, 6)
  putDigest(LAYOUT.aesKey + 24, 6, 8)
  copyWords(LAYOUT.hashInput, LAYOUT.authKey + 40 + x, 9)
  copyWords(LAYOUT.hashInput + 36, MSG_KEY, 4)
  digestInput()
  putDigest(LAYOUT.igeState, 0, 2)
  putDigest(LAYOUT.aesKey + 8, 2, 6)
  putDigest(LAYOUT.igeState + 24, 6, 8)
}

/** SHA-256 of the 52 bytes of hash input, which with their padding are one block. */
function digestInput(): void {
  const end = LAYOUT.hashInput / 4 + 13
  words[end] = 0x80
  words[end + 1] = 0
  view.setUint32(LAYOUT.hashInput + 60, 52 * 8)
  startDigest()
  kernel.hashBlocks(LAYOUT.hashInput, LAYOUT.hashInput + 64)
}

function putDigest(address: number, from: number, to: number): void {
  for (let i = from; i < to; i++) words[address / 4 + i - from] = digestWord(i)
}

function copyWords(to: number, from: number, count: number): void {
  for (let i = 0; i < count; i++) words[to / 4 + i] = words[from / 4 + i] ?? 0
}
