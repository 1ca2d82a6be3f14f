/** Programs of the machine that the tests of engines start: PostgreSQL's and Redis's. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

// The runner may be killed, and this process left behind with its programs.
if (process.env['NODE_TEST_CONTEXT'] !== undefined) await import('../e2e/end-with-parent.mjs')

/** The user and group that programs run as. Empty: those of this process. */
export interface ProgramUser {
  readonly uid?: number
  readonly gid?: number
}

/** A program that runs until it is stopped. */
export interface RunningProgram {
  readonly child: ChildProcess
  readonly file: string
  /** The end of what the program has written. */
  log(): string
  /** Sends a signal; resolves when the program has ended. */
  end(signal: NodeJS.Signals): Promise<void>
}

const MAX_LOG_CHARACTERS = 20_000
const END_WITHIN_MS = 10_000
const READY_WITHIN_MS = 30_000

/** PostgreSQL refuses to run as root, so that root starts it as another user. */
export function programUser(): ProgramUser {
  if (process.getuid?.() !== 0) return {}
  const users = readFileSync('/etc/passwd', 'utf8')
  const [, uid, gid] =
    /^postgres:[^:]*:(\d+):(\d+)/m.exec(users) ?? /^nobody:[^:]*:(\d+):(\d+)/m.exec(users) ?? []
  if (uid === undefined || gid === undefined)
    throw new Error('there is neither a user postgres nor a user nobody')
  return { uid: Number(uid), gid: Number(gid) }
}

/** The newest program of this name: in the folders of Debian's PostgreSQL, then in PATH. */
export function findProgram(name: string): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin').sort((a, b) => versionOf(b) - versionOf(a))
  const folders = [...debian, ...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

function versionOf(folder: string): number {
  return Number(/\d+/.exec(folder)?.[0] ?? 0)
}

/** @throws {Error} with the next step, if the program is missing */
export function needProgram(name: string, debianPackage: string): string {
  const found = findProgram(name)
  if (found !== undefined) return found
  throw new Error(`${name} is missing: install it, on Debian with \`apt-get install ${debianPackage}\`.`)
}

/** A temporary folder of the user that the program runs as. */
export function makeFolder(name: string, { uid, gid }: ProgramUser): string {
  const folder = mkdtempSync(join(tmpdir(), `cablegram-${name}-`))
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return folder
}

/** Deletes a folder of {@link makeFolder}. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Runs a program to its end. @throws {Error} with what it wrote, if it fails */
export function runToEnd(file: string, args: readonly string[], cwd: string, user: ProgramUser): void {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, ...user, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file} failed: ${error?.message ?? ''}${stdout}${stderr}`)
}

/** Debian's `setpriv` has Linux end a program with the process that started it, also when that is killed. */
const SETPRIV = process.platform === 'linux' ? findProgram('setpriv') : undefined

/** Starts a program in a folder. The program ends with this process. */
export function startProgram(
  file: string,
  args: readonly string[],
  cwd: string,
  user: ProgramUser,
): RunningProgram {
  const [command, ...rest] =
    SETPRIV === undefined ? [file, ...args] : [SETPRIV, '--pdeathsig', 'QUIT', file, ...args]
  const child = spawn(command, rest, { cwd, ...user, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  const append = (chunk: Buffer): void => {
    log = `${log}${chunk}`.slice(-MAX_LOG_CHARACTERS)
  }
  child.stdout.on('data', append)
  child.stderr.on('data', append)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      log += error.message
      resolve()
    })
  })
  const endWithUs = (): void => {
    child.kill('SIGQUIT')
  }
  process.once('exit', endWithUs)
  void ended.then(() => process.off('exit', endWithUs))
  return {
    child,
    file,
    log: () => log,
    async end(signal) {
      child.kill(signal)
      const late = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS)
      await ended
      clearTimeout(late)
    },
  }
}

/** Waits until a program answers. @throws {Error} with its log, if it ends or takes too long */
export async function waitUntilReady(
  program: RunningProgram,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const untilMs = performance.now() + READY_WITHIN_MS
  while (!(await isReady())) {
    if (program.child.exitCode !== null || program.child.signalCode !== null || performance.now() > untilMs)
      throw new Error(`${program.file} did not start: ${program.log()}`)
    await delay(20)
  }
}
