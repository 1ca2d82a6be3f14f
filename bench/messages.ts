/**
 * Measures encrypting and decrypting messages, beside mtcute in the same process, both without native code.
 * A pair is one packet made by a client and read by it as if the server had sent it.
 */
import { deepStrictEqual } from 'node:assert'
import { randomFillSync } from 'node:crypto'
import { makeAuthKey, poolRandom } from '../packages/mtproto/src/crypto/index.ts'
import { decryptMessage, encryptMessage } from '../packages/mtproto/src/envelope/index.ts'
import { compare } from './measure.ts'
import { loadMtcute, silentLog } from './mtcute.ts'

const { NodeCryptoProvider, AuthKey, Long, readerMap } = await loadMtcute()
const peerCrypto = new NodeCryptoProvider()
await peerCrypto.initialize()

const keyBytes = filled(256)
const key = makeAuthKey(keyBytes)
const peerKey = new AuthKey(peerCrypto, silentLog, readerMap)
peerKey.setup(keyBytes)
const ids = {
  salt: 0x1122334455667788n,
  sessionId: 0x0102030405060708n,
  msgId: 0x6553f10000000000n,
  seqNo: 5,
}
const peerSalt = Long.fromBits(0x55667788, 0x11223344)
const peerSessionId = Long.fromBits(0x05060708, 0x01020304)

for (const [name, bodyBytes, calls] of [
  ['256 B', 256, 2000],
  ['1 KiB', 1024, 800],
  ['16 KiB', 16_384, 60],
  ['512 KiB', 524_288, 3],
] as const) {
  const message = { ...ids, body: filled(bodyBytes) }
  const peerMessage = framedMessage(message.body)
  checkSameBytes(message, peerMessage)
  const fromServer = encryptMessage(key, 'server', message, filled)
  const random = poolRandom((length) => randomFillSync(new Uint8Array(length)))

  const encryptOurs = () => encryptMessage(key, 'client', message, random)
  const encryptTheirs = () => peerKey.encryptMessage(peerMessage, peerSalt, peerSessionId)
  const decryptOurs = () => decryptMessage(key, 'client', fromServer)
  const decryptTheirs = () => peerKey.decryptMessage(fromServer, peerSessionId, () => undefined)

  compare({ name: `encrypt ${name}`, peer: 'mtcute', ours: encryptOurs, theirs: encryptTheirs, calls })
  compare({ name: `decrypt ${name}`, peer: 'mtcute', ours: decryptOurs, theirs: decryptTheirs, calls })
  compare({
    name: `encrypt+decrypt ${name}`,
    peer: 'mtcute',
    ours: () => [encryptOurs(), decryptOurs()],
    theirs: () => [encryptTheirs(), decryptTheirs()],
    calls,
  })
}

/** With the same padding both make the same packet, and both read the server's. */
function checkSameBytes(message: typeof ids & { body: Uint8Array }, peerMessage: Uint8Array): void {
  // Zeros add no extra blocks of padding on our side; mtcute never adds any.
  const ours = encryptMessage(key, 'client', message, (length) => new Uint8Array(length))
  const { randomFill } = peerCrypto
  peerCrypto.randomFill = (buffer) => buffer.fill(0)
  const theirs = peerKey.encryptMessage(peerMessage, peerSalt, peerSessionId)
  peerCrypto.randomFill = randomFill
  deepStrictEqual(ours, new Uint8Array(theirs), 'both encrypt to the same bytes')
  const fromServer = encryptMessage(key, 'server', message, filled)
  const read = decryptMessage(key, 'client', fromServer)
  deepStrictEqual(read.ok && read.message.body, message.body, 'ours is read')
  let wasRead = false
  peerKey.decryptMessage(fromServer, peerSessionId, () => {
    wasRead = true
  })
  deepStrictEqual(wasRead, true, 'mtcute reads the server’s packet')
}

/** mtcute's session puts msg_id, seqno and length in front before its key encrypts; here that is not measured. */
function framedMessage(body: Uint8Array): Uint8Array {
  const message = new Uint8Array(16 + body.length)
  const view = new DataView(message.buffer)
  view.setBigInt64(0, ids.msgId, true)
  view.setInt32(8, ids.seqNo, true)
  view.setInt32(12, body.length, true)
  message.set(body, 16)
  return message
}

function filled(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + length, 0x9e3779b1) >>> 24)
}
