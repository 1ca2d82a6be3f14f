import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import type { LuaOptions } from '@cablegram/lua'
import { closestNames } from '@cablegram/tl'
import { CLIENT_OPTIONS, sameSession, withClient } from '../client.ts'
import type { Arguments, Command } from '../command.ts'
import { parseDuration } from '../duration.ts'
import { CommandError, CommandLineError } from '../errors.ts'
import { printable } from '../print.ts'
import { parseSize } from '../size.ts'
import { TypedLines } from '../typed-lines.ts'

/** `cablegram lua`: runs Lua scripts, or reads Lua from the terminal. */
export const luaCommand: Command = {
  name: 'lua',
  summary: 'Run a Lua script that calls the Telegram API, or type Lua line by line.',
  positionals: [
    { name: 'SCRIPT', help: 'a file (default: standard input; on a terminal, a prompt)' },
    { name: 'ARGS', help: 'arguments of the script, in cablegram.args and in ...', isRest: true },
  ],
  options: {
    execute: { short: 'e', value: 'CODE', help: 'run this code instead of a file' },
    interactive: { short: 'i', help: 'prompt for lines, even if standard input is not a terminal' },
    files: { value: 'FOLDER', help: 'folder of files that the script may send and write (default: none)' },
    'max-memory': { value: 'SIZE', help: 'memory of the script, from 1M to 1G (default: 256M)' },
    'max-instructions': {
      value: 'N',
      help: 'instructions of Lua that the script may run (default: no limit)',
    },
    'max-compute': {
      value: 'TIME',
      help: 'how long the script may compute without a call or a sleep, such as 10s\n(default: no limit)',
    },
    ...CLIENT_OPTIONS,
  },
  notes: [
    'Every method of the API is a function: help.getConfig(), auth.sendCode{phone_number = …}. Fields have the names of\nthe schema, objects carry _, and longs are exact integers. A refusal is an error with code, type and argument.',
    'The global cablegram has the daily calls, such as send_message{peer = …, text = …} and history{peer = …}, events with\non(name, f), and start{…}, sleep(s), ask(text) and more: cablegram docs guides/lua has them all.\nAn argument of the script that begins with - goes behind --.',
  ],
  examples: [
    ['npx cablegram lua bot.lua', 'run a script'],
    ['npx cablegram lua', 'type Lua; Ctrl-D ends'],
    [`npx cablegram lua -e 'print(help.getNearestDc().country)'`, 'run one line'],
    ['npx cablegram lua bot.lua --max-compute 10s -- --verbose', 'give the script the argument --verbose'],
  ],
  run,
}

/** A script, where it comes from, and its arguments. */
interface Source {
  /** Undefined for the prompt. */
  readonly code: Uint8Array | string | undefined
  readonly name: string
  readonly folder: string
  readonly args: readonly string[]
}

async function run(args: Arguments): Promise<number> {
  const source = await sourceOf(args)
  const limits = limitsOf(args)
  const { LuaError, runLua, runLuaRepl } = await import('@cablegram/lua')
  return withClient(args, async (client, signal) => {
    const lines = new TypedLines(process.stdin, source.code === undefined ? process.stdout : process.stderr)
    const ask: LuaOptions['ask'] = ({ text, isHidden }) => lines.ask(text, { isHidden })
    const options = { ...limits, ...source, files: filesFolder(args), ask, signal }
    // The error of a handler, if the script has no handler of errors: the script goes on.
    client.onError((error) => complain(error, args))
    try {
      if (source.code !== undefined) return await runLua(client, source.code, options)
      process.stdout.write(WELCOME)
      return await runLuaRepl(client, (prompt) => lines.ask(prompt), options)
    } catch (error) {
      if (!(error instanceof LuaError) || signal.aborted) throw error
      await complain(error, args)
      return 1
    } finally {
      lines.close()
    }
  })
}

const WELCOME = 'Lua 5.4 with the Telegram API. cablegram.start() signs in; Ctrl-D ends.\n'

/** The error of a script, the calls that led there, and the next step after a refusal. */
async function complain(error: unknown, args: Arguments): Promise<void> {
  const { refusalSentence } = await import('../refusal.ts')
  const { LuaError } = await import('@cablegram/lua')
  const isOfScript = error instanceof LuaError
  const next = refusalSentence(isOfScript ? error.cause : error, sameSession(args))
  const message = error instanceof Error ? error.message : String(error)
  const parts = [`cablegram: ${message}`, isOfScript ? error.traceback : '', next ?? '']
  for (const line of parts.join('\n').split('\n')) {
    if (line !== '') process.stderr.write(`${printable(line.replaceAll('\t', '  '))}\n`)
  }
}

async function sourceOf(args: Arguments): Promise<Source> {
  const [file, ...rest] = args.positionals
  const code = args.text('execute')
  const here = process.cwd()
  if (code !== undefined) return { code, name: '-e', folder: here, args: args.positionals }
  if (file !== undefined && file !== '-') {
    return { code: readScript(file), name: file, folder: dirname(realpathSync(file)), args: rest }
  }
  const isPrompt = args.flag('interactive') || (process.stdin.isTTY && file === undefined)
  if (isPrompt) return { code: undefined, name: 'stdin', folder: here, args: rest }
  return { code: await standardInput(), name: 'stdin', folder: here, args: rest }
}

const MAX_SCRIPT_BYTES = 1 << 24

async function standardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MAX_SCRIPT_BYTES)
      throw new CommandError('the script on standard input is larger than 16 MiB.')
  }
  return Buffer.concat(chunks)
}

function readScript(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new CommandError(`cannot read ${file}: ${reasonOf(file, cause)}`, { cause })
  }
}

function reasonOf(file: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EISDIR') return 'that is a folder. Give a script.'
  if (code !== 'ENOENT') return 'this user may not read the file.'
  // The names are compared without their folder and extension, which they share.
  const scripts = new Map(scriptsIn(dirname(file)).map((name) => [basename(name, '.lua'), name]))
  const near = closestNames(basename(file, '.lua'), scripts.keys())
  const paths = near.map((name) => join(dirname(file), scripts.get(name) ?? name))
  return `there is no such file.${paths.length === 0 ? '' : ` Did you mean ${paths.join(' or ')}?`}`
}

function scriptsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => extname(name) === '.lua')
  } catch {
    return []
  }
}

function filesFolder(args: Arguments): string | undefined {
  const folder = args.text('files')
  if (folder === undefined || statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)
    return folder
  throw new CommandError(`--files is a folder, and ${folder} is none.`)
}

function limitsOf(args: Arguments): Pick<LuaOptions, 'maxMemoryBytes' | 'maxInstructions' | 'maxComputeMs'> {
  const memory = args.text('max-memory')
  const compute = args.text('max-compute')
  const maxInstructions = args.number('max-instructions')
  const computeS = compute === undefined ? undefined : parseDuration(compute, '--max-compute')
  if (computeS === 0) throw new CommandLineError('--max-compute is longer than 0.')
  if (maxInstructions === 0) throw new CommandLineError('--max-instructions is at least 1.')
  return {
    maxInstructions,
    maxMemoryBytes: memory === undefined ? undefined : parseSize(memory, '--max-memory', [1 << 20, 1 << 30]),
    maxComputeMs: computeS === undefined ? undefined : computeS * 1000,
  }
}
