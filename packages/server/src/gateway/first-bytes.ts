import type { Socket } from 'node:net'

/** A protocol that a connection's first bytes ask for. */
export type Door = 'tls' | 'http' | 'mtproto'

type Test = (byte: number) => boolean

const is = (text: string): Test[] => [...text].map((char) => (byte) => byte === char.charCodeAt(0))
const HTTP: readonly Test[][] = ['GET ', 'POST', 'HEAD', 'OPTI'].map(is)
/**
 * A handshake record of at most 16 KiB that begins a ClientHello. The first byte alone does not tell, because an
 * obfuscated connection may begin with it, too.
 */
const TLS: readonly Test[] = [
  (type) => type === 0x16,
  (major) => major === 3,
  (minor) => minor <= 4,
  (high) => high <= 0x40,
  () => true,
  (message) => message === 1,
]

/** Tells which door the first bytes ask for; undefined while there are too few of them. */
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
 * Reads the beginning of a connection until `parse` finds what it looks for. Bytes that `parse` has not used can be read
 * again, and the connection is paused.
 *
 * @param parse returns what it has found and how many bytes that took, or undefined to ask for more
 * @param onBegun called with the first byte
 * @returns rejects if the connection ends before, and if `parse` throws
 */
export function readHead<T>(
  socket: Socket,
  parse: (head: Buffer) => { readonly value: T; readonly length: number } | undefined,
  onBegun: () => void = () => undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    // It stays short: `parse` asks for no more than the 4 KiB of a PROXY header.
    let begun: Buffer = Buffer.alloc(0)
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
      if (begun.length === 0) onBegun()
      begun = joined(begun, chunk)
      try {
        const found = parse(begun)
        if (found === undefined) return
        done()
        if (found.length < begun.length) socket.unshift(begun.subarray(found.length))
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

/** In memory of its own: a piece of Node's pool would keep all of its eight kilobytes for a byte. */
function joined(first: Buffer, second: Buffer): Buffer {
  if (first.length === 0) return second
  const both = Buffer.allocUnsafeSlow(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
