/** A Redis of the tests' own: nothing on disk, on a free port. */
import { connect } from 'node:net'
import { freePort } from '../e2e/free-port.ts'
import {
  makeFolder,
  needProgram,
  programUser,
  type RunningProgram,
  removeFolder,
  startProgram,
  waitUntilReady,
} from './program.ts'

/** Choices of {@link startRedis}. */
export interface RedisChoices {
  readonly password?: string
}

/** A running Redis. */
export interface RedisServer {
  readonly port: number
  readonly isRunning: boolean
  /** The URL, without a password unless one is given. */
  url(choices?: { readonly password?: string; readonly port?: number }): string
  stop(): Promise<void>
  /** Ends the process with SIGKILL. */
  kill(): Promise<void>
  /** Starts again on the same port, empty. */
  start(): Promise<void>
  close(): Promise<void>
}

/** @throws {Error} with the next step, if Redis is not installed */
export async function startRedis({ password }: RedisChoices = {}): Promise<RedisServer> {
  const file = needProgram('redis-server', 'redis-server')
  const user = programUser()
  const folder = makeFolder('redis', user)
  const port = await freePort()
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  const volatile = ['--save', '', '--appendonly', 'no', '--daemonize', 'no']
  const args = [...place, ...volatile, ...(password === undefined ? [] : ['--requirepass', password])]
  let program: RunningProgram | undefined

  async function start(): Promise<void> {
    program = startProgram(file, args, folder, user)
    await waitUntilReady(program, () => answers(port))
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    await program?.end(signal)
    program = undefined
  }

  await start()
  return {
    port,
    get isRunning() {
      return program !== undefined
    },
    url: ({ password: given, port: atPort = port } = {}) =>
      `redis://${given === undefined ? '' : `:${given}@`}127.0.0.1:${atPort}`,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async close() {
      await end('SIGKILL')
      removeFolder(folder)
    },
  }
}

/** Tells whether Redis answers a PING: with PONG, or by asking for a password. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (chunk) => {
      socket.destroy()
      resolve(/^(\+PONG|-NOAUTH)/.test(String(chunk)))
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}
