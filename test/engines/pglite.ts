/** PostgreSQL in this process, compiled to WebAssembly, behind a socket: `pg` talks to it as to any server. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { PGlite } from '@electric-sql/pglite'

/** A PostgreSQL of one connection at a time. */
export interface PgliteServer {
  readonly url: string
  /** Runs SQL once the connection has ended. @returns the rows of the last statement */
  query(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

const SSL_REQUEST = 80_877_103
const LENGTH_BYTES = 4
const done = (): void => {}

/** Starts an empty one. Further connections wait until the one before has ended. */
export async function startPglite(): Promise<PgliteServer> {
  // To compile its code a second time, better, takes longer than a suite of tests gains.
  setFlagsFromString('--no-wasm-tier-up')
  const db = await openEmpty()
  let last: Promise<void> = Promise.resolve()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    last = last.then(() => serve(db, socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a port is a number')
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${address.port}/postgres`,
    async query(text) {
      const results = last.then(async () => await db.exec(text))
      last = results.then(done, done)
      return (await results).at(-1)?.rows ?? []
    },
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await last
      await db.close()
    },
  }
}

/**
 * Opens a database as `initdb` leaves it. To run `initdb` takes four fifths of a start, so its files are kept beside Node's
 * compiled code, for this version of the package; `npm ci` removes both.
 */
async function openEmpty(): Promise<PGlite> {
  const path = keptFilesPath()
  const kept = readKept(path)
  if (kept !== undefined) return await PGlite.create({ loadDataDir: new Blob([kept]) })
  const db = await PGlite.create()
  const files = await db.dumpDataDir('none')
  // Another process may do the same: the file appears whole or not at all.
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.${process.pid}`, new Uint8Array(await files.arrayBuffer()))
  renameSync(`${path}.${process.pid}`, path)
  return db
}

function keptFilesPath(): string {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'))
  return fileURLToPath(new URL(`../../node_modules/.cache/pglite/${version}.tar`, import.meta.url))
}

function readKept(path: string): Buffer<ArrayBuffer> | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Serves one connection to its end, and leaves nothing of it for the next. */
async function serve(db: PGlite, socket: Socket): Promise<void> {
  socket.setNoDelay(true)
  let unread = Buffer.alloc(0)
  let hasStarted = false
  try {
    for await (const chunk of socket) {
      unread = Buffer.concat([unread, chunk])
      const { messages, rest } = hasStarted ? wholeMessages(unread) : wholeStart(unread)
      unread = rest
      if (messages.length === 0) continue
      if (!hasStarted && messages.readInt32BE(LENGTH_BYTES) === SSL_REQUEST) {
        socket.write('N')
        continue
      }
      hasStarted = true
      socket.write(await db.execProtocolRaw(messages, { throwOnError: false }))
    }
  } catch (error) {
    if (
      !(
        error instanceof Error &&
        'code' in error &&
        /^(ECONNRESET|ERR_STREAM_PREMATURE_CLOSE)$/.test(String(error.code))
      )
    )
      throw error
  } finally {
    socket.destroy()
    await db.exec('ROLLBACK')
    await db.exec('DISCARD ALL')
  }
}

interface Cut {
  readonly messages: Buffer
  readonly rest: Buffer<ArrayBuffer>
}

/** The first packet of a connection has no type before its length. */
function wholeStart(bytes: Buffer<ArrayBuffer>): Cut {
  const length = bytes.length < LENGTH_BYTES ? Number.POSITIVE_INFINITY : bytes.readInt32BE(0)
  const end = bytes.length < length ? 0 : length
  return { messages: bytes.subarray(0, end), rest: bytes.subarray(end) }
}

function wholeMessages(bytes: Buffer<ArrayBuffer>): Cut {
  let end = 0
  while (end + 1 + LENGTH_BYTES <= bytes.length) {
    const next = end + 1 + bytes.readInt32BE(end + 1)
    if (next > bytes.length) break
    end = next
  }
  return { messages: bytes.subarray(0, end), rest: bytes.subarray(end) }
}
