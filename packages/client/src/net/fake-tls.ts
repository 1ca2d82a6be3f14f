import {
  CHANGE_CIPHER_SPEC,
  ConnectionError,
  encodeTlsRecords,
  type FakeTlsSetup,
  makeFakeHello,
  ProtocolError,
  readFakeAnswer,
  TlsRecordReader,
} from '@cablegram/mtproto'
import type { Conversation, FirstPeer, Layer } from './talk-first.ts'

/**
 * An MTProxy that wants an imitation of TLS.
 *
 * @param where its address, for error messages
 * @param setup called for each connection: each hello is made for its time
 */
export function fakeTls(where: string, setup: () => FakeTlsSetup): FirstPeer {
  const name = `The MTProxy at ${where}`
  return { kind: 'mtproxy', name, address: undefined, begin: () => talk(name, setup()) }
}

function* talk(name: string, setup: FakeTlsSetup): Conversation {
  const hello = makeFakeHello(setup)
  yield { send: hello, measure: (received) => answerLength(name, setup.secret, hello, received) }
  return recordLayer()
}

function answerLength(
  name: string,
  secret: Uint8Array,
  hello: Uint8Array,
  received: Uint8Array,
): number | undefined {
  try {
    return readFakeAnswer(secret, hello, received)
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause
    const message = `${name} does not accept the secret: ${cause.message}. Check the link to it, and the clock of this machine.`
    throw new ConnectionError('MTPROXY_REJECTED', message, { cause })
  }
}

/** Application data both ways; like a client of TLS, ours changes ciphers before its first data. */
function recordLayer(): Layer {
  const reader = new TlsRecordReader()
  let isFirst = true
  return {
    seal(chunk) {
      const records = encodeTlsRecords(chunk)
      if (!isFirst) return records
      isFirst = false
      const first = new Uint8Array(CHANGE_CIPHER_SPEC.length + records.length)
      first.set(CHANGE_CIPHER_SPEC)
      first.set(records, CHANGE_CIPHER_SPEC.length)
      return first
    },
    open: (chunk) => reader.push(chunk),
  }
}
