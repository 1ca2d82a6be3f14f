/** A PostgreSQL of the tests' own: made in a temporary folder, on a free port, as a user that is not root. */
import { randomBytes } from 'node:crypto'
import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../e2e/free-port.ts'
import {
  makeFolder,
  needProgram,
  programUser,
  type RunningProgram,
  removeFolder,
  runToEnd,
  startProgram,
  waitUntilReady,
} from './program.ts'

/** Choices of {@link startPostgres}. */
export interface PostgresChoices {
  /** Makes commits reach the disk before they are confirmed; only tests of durability need it. Default: false. */
  readonly fsync?: boolean
  /** Settings of postgresql.conf, by name. */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** A running PostgreSQL. */
export interface PostgresServer {
  readonly port: number
  readonly user: string
  readonly password: string
  readonly isRunning: boolean
  /** The URL of a database; `postgres` is there from the beginning. */
  url(database?: string, port?: number): string
  /** Makes an empty database, or a copy of `template`. @returns its name */
  createDatabase(template?: string): Promise<string>
  /** A connection as the superuser, for many statements. */
  connect(database?: string): Promise<pg.Client>
  /** Runs SQL as the superuser, on a connection of its own. */
  query(text: string, database?: string): Promise<readonly Record<string, unknown>[]>
  /** Stops: `fast` ends all connections, `immediate` leaves recovery to the next start. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Ends every process of the server with SIGKILL. */
  kill(): Promise<void>
  /** Starts again on the same port with the same data. */
  start(): Promise<void>
  /** Holds and continues all of the server's processes: connections stay open and nothing is answered. */
  freeze(): Promise<void>
  thaw(): void
  /** Stops the server and deletes its data. */
  close(): Promise<void>
}

const USER = 'cablegram'
const START_TRIES = 20

/** @throws {Error} with the next step, if PostgreSQL is not installed */
export async function startPostgres({
  fsync = false,
  settings = {},
}: PostgresChoices = {}): Promise<PostgresServer> {
  const initdb = needProgram('initdb', 'postgresql')
  const postgres = needProgram('postgres', 'postgresql')
  const user = programUser()
  const folder = makeFolder('postgres', user)
  const data = join(folder, 'data')
  const password = randomBytes(9).toString('hex')
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user.uid !== undefined && user.gid !== undefined) chownSync(passwordFile, user.uid, user.gid)
  const access = ['--username', USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256']
  const text = ['--encoding', 'UTF8', '--locale', 'C.UTF-8']
  runToEnd(initdb, ['--pgdata', data, '--no-sync', ...access, ...text], folder, user)
  const port = await freePort()
  const durable = fsync ? {} : { fsync: 'off', full_page_writes: 'off' }
  // To compile a plan takes longer than the statement: tables without statistics look large to the planner.
  const small = { shared_buffers: '32MB', max_connections: 100, jit: 'off' }
  const own = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port }
  const configured = Object.entries({ ...small, ...durable, ...settings, ...own })
  const args = ['-D', data, ...configured.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  let program: RunningProgram | undefined
  let databases = 0
  let copying: string | undefined
  let frozen: number[] = []

  const url = (database = 'postgres', atPort = port): string =>
    `postgres://${USER}:${password}@127.0.0.1:${atPort}/${database}`

  async function connect(database?: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url(database) })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  async function query(sql: string, database?: string): Promise<readonly Record<string, unknown>[]> {
    const client = await connect(database)
    try {
      const { rows } = await client.query(sql)
      return rows
    } finally {
      await client.end()
    }
  }

  async function start(tries = START_TRIES): Promise<void> {
    program = startProgram(postgres, args, folder, user)
    try {
      await waitUntilReady(program, () =>
        query('SELECT 1').then(
          () => true,
          () => false,
        ),
      )
    } catch (error) {
      // Processes of a server that was killed may hold its shared memory for a moment longer.
      if (tries === 1) throw error
      await start(tries - 1)
    }
  }

  async function stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await program?.end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    program = undefined
  }

  /** PostgreSQL 15 and later write a copy into the log unless told otherwise, which takes twice as long. */
  async function cheapestCopy(): Promise<string> {
    const [row] = await query('SHOW server_version_num')
    return Number(row?.['server_version_num']) >= 150_000 ? 'STRATEGY file_copy' : ''
  }

  /** The postmaster and the processes that it made. */
  async function processes(): Promise<number[]> {
    const backends = await query('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
    const own = program?.child.pid
    return [...(own === undefined ? [] : [own]), ...backends.map(({ pid }) => Number(pid))]
  }

  function thaw(): void {
    for (const pid of frozen) signal(pid, 'SIGCONT')
    frozen = []
  }

  await start()
  return {
    port,
    user: USER,
    password,
    get isRunning() {
      return program !== undefined
    },
    url,
    connect,
    query,
    start: () => start(),
    stop,
    async createDatabase(template) {
      databases += 1
      const name = `test_${databases}`
      copying ??= await cheapestCopy()
      await query(`CREATE DATABASE ${name} TEMPLATE ${template ?? 'template0'} ${copying}`)
      return name
    },
    async kill() {
      const pids = await processes()
      // The postmaster goes first: it would start its children again.
      const ended = program?.end('SIGKILL')
      for (const pid of pids.slice(1)) signal(pid, 'SIGKILL')
      await ended
      program = undefined
    },
    async freeze() {
      frozen = await processes()
      for (const pid of frozen) signal(pid, 'SIGSTOP')
    },
    thaw,
    async close() {
      thaw()
      await stop('immediate')
      removeFolder(folder)
    },
  }
}

/** A process that has just ended needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
