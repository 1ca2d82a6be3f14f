/** A program of examples/programs, run as its file: a copy whose server is the test's. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import type { CablegramServer } from '@cablegram/server'
import { ROOT } from '../guide-blocks.ts'

/** The server that the programs name, which is that of the guides. */
const NAMED = 'http://127.0.0.1:10081'
const WITHIN_MS = 60_000

/** A folder in the repository, where Node finds the packages, and one that Git ignores. */
export function makePlace(): string {
  const ignored = join(ROOT, 'build')
  mkdirSync(ignored, { recursive: true })
  return mkdtempSync(join(ignored, 'program-'))
}

/** Things that differ from run to run. */
export interface RunOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What a person types. */
  readonly typed?: readonly string[]
  /** Texts of the program that are another one in this run, such as a port. */
  readonly replaced?: Readonly<Record<string, string>>
  /** The command that runs a file. Default: this Node. */
  readonly runtime?: readonly [command: string, ...args: string[]]
}

/** A program that runs. */
export class Program {
  /** Everything that it has written. */
  said = ''
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #onExit = (): void => void this.#child.kill('SIGKILL')

  /** Starts a program in a folder that keeps its session from run to run. */
  constructor(name: string, place: string, server: CablegramServer, options: RunOptions = {}) {
    const { args = [], env = {}, typed = [], replaced = {}, runtime = [process.execPath] } = options
    const [command, ...before] = runtime
    const file = join(place, `${name}.ts`)
    writeFileSync(file, programText(name, server, replaced))
    // A program of a test must not report as one.
    const { NODE_TEST_CONTEXT: _, ...rest } = process.env
    this.#child = spawn(command, [...before, file, ...args], { cwd: place, env: { ...rest, ...env } })
    this.#child.stdin?.end(typed.map((line) => `${line}\n`).join(''))
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        this.said += text
      })
    }
    process.once('exit', this.#onExit)
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null)
  }

  /** Resolves once the program has written this. */
  async says(pattern: RegExp): Promise<void> {
    const hasEnded = this.#ended.then(() => 'ended' as const)
    const late = AbortSignal.timeout(WITHIN_MS)
    while (!pattern.test(this.said)) {
      const next = this.#child.stdout && once(this.#child.stdout, 'data', { signal: late })
      const outcome = await Promise.race([next, hasEnded])
      if (outcome === 'ended') break
    }
    assert.match(this.said, pattern)
  }

  /** Resolves when the program has ended by itself. */
  async ends(): Promise<void> {
    assert.equal(await this.#ended, 0, this.said)
    process.off('exit', this.#onExit)
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
    process.off('exit', this.#onExit)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

/** The text of a program, whose server is the test's. */
export function programText(
  name: string,
  server: CablegramServer,
  replaced: Readonly<Record<string, string>> = {},
): string {
  let text = readFileSync(join(ROOT, `examples/programs/${name}.ts`), 'utf8')
  for (const [old, other] of Object.entries({ [NAMED]: server.info.console, ...replaced })) {
    assert.equal(text.split(old).length, 2, `${name} names ${old} once`)
    text = text.replace(old, other)
  }
  return text
}

/** The login page on a port that was free a moment ago. */
export async function servedLoginPage(place: string, server: CablegramServer): Promise<LoginPage> {
  const probe = createServer()
  await once(probe.listen(0, '127.0.0.1'), 'listening')
  const { port } = probe.address() as AddressInfo
  await once(probe.close(), 'close')
  const program = new Program('login-page', place, server, { replaced: { ':8000': `:${port}` } })
  await program.says(/Open http:\/\/127\.0\.0\.1:\d+\/[\da-f-]{36}\n/)
  return { program, url: /http:\S+/.exec(program.said)?.[0] ?? '' }
}

/** A login page that is served. */
export interface LoginPage {
  readonly program: Program
  readonly url: string
}

export function removePlace(place: string): void {
  rmSync(place, { recursive: true, force: true })
}
