// Full rounds: its commands run in a thread of their own.
/**
 * Runs what `make` says about an error: the commands exist, and those that end in a call end in the error. Every third error
 * once, and in the long form, which `npm run test:secrets` runs, each error in each way that is documented.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type CablegramServer, ERRORS, startServer } from '@cablegram/server'
import type { ErrorRow } from '@cablegram/tl/errors'
import errors from '@cablegram/tl/errors.json' with { type: 'json' }
import { parseArguments } from '../../packages/cli/src/command.ts'
import { serveCommand, serverOptions } from '../../packages/cli/src/commands/serve.ts'
import { CommandLines, type CommandOutcome } from '../e2e/command-lines.ts'
import { isLong, sampled } from '../effort.ts'
import { textPattern } from './registry.ts'

const PROGRAM = 'npx cablegram '
const SIGN_IN = 'login +9996621234 --code 22222 --first-name Ada --password secret'

/** What a person types for `make`, in order, without the name of the program. */
function linesOf(make: string): string[] {
  if (make.startsWith(PROGRAM)) return [make.slice(PROGRAM.length)]
  return [...make.matchAll(/`npx cablegram ([^`]+)`|\bsign in,/gi)].map(([, line]) => line ?? SIGN_IN)
}

/** The complaint about a command or an option that does not exist, or a value that an option does not take. */
const WRONG_USAGE = /^--|--help`|there is no/

const isCall = (line: string | undefined) => line?.startsWith('call ') === true

let folder: string
let command: CommandLines
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cablegram-make-'))
  await writeFile(join(folder, 'terms.txt'), 'Be kind.')
  command = new CommandLines('http://127.0.0.1:1')
})
after(async () => {
  await (await forCalls)?.close()
  await (await forCommands)?.close()
  await command.close()
  await rm(folder, { recursive: true, force: true })
})

/** The server that the first line starts, or one like that of `serve --memory`. */
function startFor([first = '']: readonly string[]): Promise<CablegramServer> {
  const typed = first.startsWith('serve ') ? first.split(' ').slice(1) : ['--memory']
  const argv = typed.map((word) => (word.endsWith('.txt') ? join(folder, word) : word))
  const options = serverOptions(parseArguments(serveCommand, argv))
  return startServer({ ...options, port: 0, consolePort: 0, testClock: true, log: 'error' })
}

/** A line with its session in the folder of this test. */
function inFolder(line: string, session: string): string {
  if (!/^(call|login) /.test(line)) return line
  const own = / --session (\S+)/.exec(line)?.[1] ?? ''
  return `${line.replace(/ --session \S+/, '')} --session ${join(folder, `${session}-${own}`)}`
}

interface Outcome extends CommandOutcome {
  readonly line: string
}

async function runAll(
  lines: readonly string[],
  server: CablegramServer,
  session: string,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const line of lines.filter((each) => !each.startsWith('serve ')))
    outcomes.push({ line, ...(await command.run(inFolder(line, session), server.info.console)) })
  return outcomes
}

/** A server for calls that change nothing, with a session that is signed in and one that is not. */
let forCalls: Promise<CablegramServer> | undefined
/** A server for commands of which only the form counts. */
let forCommands: Promise<CablegramServer> | undefined

async function callServer(): Promise<CablegramServer> {
  const server = await startFor([])
  await runAll([SIGN_IN], server, 'user')
  return server
}

let servers = 0

/** Runs the lines, on a server of their own where they change something that the last one needs. */
async function run(lines: readonly string[]): Promise<readonly Outcome[]> {
  const [first, second = first] = lines
  if (lines.length <= 2 && isCall(second) && (first === second || first === SIGN_IN)) {
    forCalls ??= callServer()
    return runAll(lines.slice(-1), await forCalls, first === SIGN_IN ? 'user' : 'nobody')
  }
  if (!isCall(lines.at(-1)) && first?.startsWith('serve ') !== true) {
    forCommands ??= startFor([])
    return runAll(lines, await forCommands, 'commands')
  }
  const server = await startFor(lines)
  try {
    return await runAll(lines, server, String(++servers))
  } finally {
    await server.close()
  }
}

const made = errors.flatMap((row) => (row.make === undefined ? [] : [{ ...row, make: row.make }]))
const title = ({ code, name, methods }: ErrorRow) =>
  `${code} ${name}${methods === 'any' ? '' : ` of ${methods.join(', ')}`}`

test('each error that the server answers with can be made, or only by a fault', () => {
  const lacking = ERRORS.flatMap(({ code, name, methods }) =>
    (methods === 'any' ? ['any'] : methods).filter(
      (method) =>
        !errors.some(
          (row) =>
            row.code === code &&
            row.name === name &&
            (row.methods === 'any' ? method === 'any' : row.methods.includes(method)) &&
            (row.make === undefined) !== (row.faultOnly === undefined),
        ),
    ),
  )
  assert.deepEqual(lacking, [])
})

test('only errors that the server answers with have a make', () => {
  const answered = ERRORS.flatMap(({ code, name, methods }) =>
    (methods === 'any' ? ['any'] : methods).map((method) => `${method}: ${code} ${name}`),
  )
  const others = made.flatMap(({ code, name, methods }) =>
    (methods === 'any' ? [] : methods)
      .map((method) => `${method}: ${code} ${name}`)
      .filter((key) => !answered.includes(key) && !answered.includes(`any: ${code} ${name}`)),
  )
  assert.deepEqual(others, [])
})

/** Rows of one error may be made in the same way. */
const isFirst = ({ code, name, make }: (typeof made)[number], at: number) =>
  made.findIndex((row) => row.code === code && row.name === name && (!isLong || row.make === make)) === at

for (const row of sampled(made.filter(isFirst))) {
  const lines = linesOf(row.make)
  if (lines.length === 0) continue
  const last = lines.at(-1)
  test(`${title(row)}: ${isCall(last) ? 'the commands make it' : 'the commands exist'}`, async () => {
    const outcomes = await run(lines)
    const end = outcomes.at(-1)
    if (!isCall(last)) {
      for (const { line, complaint } of outcomes) assert.doesNotMatch(complaint, WRONG_USAGE, line)
      return
    }
    for (const { line, exitCode, complaint } of outcomes.slice(0, -1))
      assert.equal(exitCode, 0, `${line}: ${complaint}`)
    const refused = /^the server refused (\S+): (.+?) \((-?\d+)\)/.exec(end?.complaint ?? '')
    assert.ok(refused, end?.complaint || 'the call succeeded')
    const [, method = '', text = '', code] = refused
    assert.match(text, textPattern(row.name))
    assert.equal(Number(code), row.code)
    assert.ok(row.methods === 'any' || row.methods.includes(method), method)
  })
}
