import type { Socket } from 'node:net'

/** What a connection's first bytes ask for. */
export type Door = 'tls' | 'http' | 'mtproto'

type Test = (byte: number) => boolean

const is = (text: string): Test[] => [...text].map((char) => (byte) => byte === char.charCodeAt(0))
const HTTP: readonly Test[][] = ['GET ', 'POST', 'HEAD', 'OPTI'].map(is)
/**
 * A record of the handshake, at most 16 KiB, that begins a ClientHello. Its first byte alone will not do: an obfuscated
 * connection may begin with it, too.
 */
const TLS: readonly Test[] = [
  (type) => type === 0x16,
  (major) => major === 3,
  (minor) => minor <= 4,
  (high) => high <= 0x40,
  () => true,
  (message) => message === 1,
]

/** Which door the first bytes ask for; undefined while there are too few to tell. */
export function chooseDoor(head: Uint8Array, hasTls: boolean): Door | undefined {
  const doors: [Door, readonly Test[]][] = HTTP.map((tests) => ['http', tests])
  if (hasTls) doors.push(['tls', TLS])
  const possible = doors.filter(([, tests]) =>
    tests.every((test, i) => i >= head.length || test(head[i] ?? 0)),
  )
  const [first] = possible
  if (head.length === 0) return undefined
  if (first === undefined) return 'mtproto'
  return first[1].length <= head.length ? first[0] : undefined
}

/**
 * Reads the beginning of a connection until `parse` knows; what it has not used is there to be read again, and the
 * connection is paused.
 *
 * @param parse what it has found, and how many bytes that was; undefined asks for more; what it throws rejects
 * @returns rejects, too, where the connection ends before
 */
export function readHead<T>(
  socket: Socket,
  parse: (head: Buffer) => { readonly value: T; readonly length: number } | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let head: Buffer = Buffer.alloc(0)
    const done = () => {
      socket.off('data', onData)
      socket.off('close', onClose)
      socket.pause()
    }
    const onClose = () => {
      done()
      reject(new Error('the connection was closed'))
    }
    const onData = (chunk: Buffer) => {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      try {
        const found = parse(head)
        if (found === undefined) return
        done()
        if (found.length < head.length) socket.unshift(head.subarray(found.length))
        resolve(found.value)
      } catch (error) {
        done()
        reject(error)
      }
    }
    socket.on('close', onClose)
    socket.on('data', onData)
    socket.resume()
  })
}
