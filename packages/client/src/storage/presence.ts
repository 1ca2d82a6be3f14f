import { unlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'

/** A longer path does not fit into the address of a socket; Linux has 108 bytes, macOS 104. */
const MAX_PATH_BYTES = 103

/** Ends a presence. */
export type EndPresence = () => Promise<void>

/**
 * Shows to every process on this machine, whatever container it runs in, that this one lives: a socket in the file
 * system answers as long as its process does, and the kernel never lies about that. Where no socket can be made (FAT,
 * network shares, Windows) nothing is shown.
 */
export function showPresence(path: string): Promise<EndPresence> {
  const nothing: EndPresence = () => Promise.resolve()
  if (!canHaveSocket(path)) return Promise.resolve(nothing)
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.unref()
    // The lock holds without it; only other pid namespaces cannot see its owner then.
    server.once('error', () => resolve(nothing))
    server.listen(path, () => {
      server.removeAllListeners('error')
      server.on('error', () => undefined)
      resolve(() => new Promise((done) => server.close(() => done())))
    })
  })
}

/** Whether somebody shows a presence at this path. */
export function isPresent(path: string): Promise<boolean> {
  if (!canHaveSocket(path)) return Promise.resolve(false)
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // EAGAIN: its queue is full, so somebody is there.
    socket.once('error', (error) => resolve('code' in error && error.code === 'EAGAIN'))
  })
}

/** Takes away what a presence of a dead process has left. */
export async function sweepPresence(path: string): Promise<void> {
  if (canHaveSocket(path)) await unlink(path).catch(() => undefined)
}

function canHaveSocket(path: string): boolean {
  return process.platform !== 'win32' && Buffer.byteLength(path) <= MAX_PATH_BYTES
}
