/**
 * Decoding and encoding an answer of 100 messages, beside mtcute's generated codec of the same layer in the
 * same process. Prints ratios; run with `node bench/tl/history.ts`.
 */
import { deepStrictEqual } from 'node:assert'
import * as api from '@cablegram/tl/api'
import { compare } from '../measure.ts'
import { messageHistory } from './message-history.ts'

interface Peer {
  decode(bytes: Uint8Array): unknown
  encode(value: unknown): Uint8Array
}

/** mtcute's reader and writer maps for our newest layer, from the package the schema comes from. */
async function loadPeer(): Promise<Peer> {
  const from = (path: string) =>
    import(new URL(`../../packages/tl/sources/node_modules/${path}`, import.meta.url).href)
  const [{ TlBinaryReader, TlBinaryWriter }, { __tlReaderMap }, { __tlWriterMap }] = await Promise.all([
    from('@mtcute/tl-runtime/index.js'),
    from('api-228/tl/binary/reader.js'),
    from('api-228/tl/binary/writer.js'),
  ])
  return {
    decode: (bytes) => TlBinaryReader.deserializeObject(__tlReaderMap, bytes),
    encode: (value) => TlBinaryWriter.serializeObject(__tlWriterMap, value),
  }
}

const peer = await loadPeer()
const bytes = api.encode('messages.Messages', messageHistory({ seed: 7, count: 100 }))
const ours = api.decode('messages.Messages', bytes)
const theirs = peer.decode(bytes)
deepStrictEqual(api.encode('messages.Messages', ours), bytes, 'our own round trip')
deepStrictEqual(new Uint8Array(peer.encode(theirs)), bytes, 'mtcute writes the same bytes')
compare({
  name: `decode a history of 100 messages (${bytes.length} bytes)`,
  peer: 'mtcute',
  ours: () => api.decode('messages.Messages', bytes),
  theirs: () => peer.decode(bytes),
  calls: 200,
})
compare({
  name: 'encode it',
  peer: 'mtcute',
  ours: () => api.encode('messages.Messages', ours),
  theirs: () => peer.encode(theirs),
  calls: 100,
})
