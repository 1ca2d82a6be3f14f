/** The examples of every method that the server has, run as they are printed: in TypeScript, Lua and on the command line. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { supportedMethods } from '@cablegram/server'
import type { Call, Example, Shows } from '../../site/printers/example.ts'
import { executedCounts, type PrintedExample, print } from '../../site/printers/index.ts'
import { readExamples } from '../../site/printers/read-examples.ts'
import { shownIn } from './json-answer.ts'
import {
  argumentNames,
  commandsIn,
  firstCommands,
  PRINTED_SERVER,
  refusalIn,
  serveOptions,
  valuesIn,
} from './printed-text.ts'
import { type Fresh, Servers } from './servers.ts'
import type { Shell } from './shell.ts'
import { TypeScriptPrograms } from './typescript-programs.ts'

/** Examples whose call does not succeed, or not in every language, and why; their pages say so, too. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'account.getTmpPassword': 'the server sells nothing that takes a temporary password',
  'account.registerPasskey': 'only a program in TypeScript has a passkey',
  'auth.bindTempAuthKey': 'the client binds its temporary keys by itself',
  'auth.finishPasskeyLogin': 'only a program in TypeScript has a passkey',
  invokeAfterMsg: 'the client does not tell the ids of its messages',
}

const servers = new Servers()
const programs = new TypeScriptPrograms()
after(async () => {
  await programs.close()
  await servers.close()
})

const examples = await readExamples()
const ran = { typescript: 0, command: 0 }

test('every method of the server has an example', () => {
  const without = supportedMethods().filter(({ method }) => !examples.has(method))
  assert.deepEqual(
    without.map(({ method }) => `add site/examples/${method}.ts: ${method} has no example yet`),
    [],
  )
})

test('examples are only of methods that the server has', () => {
  const supported = new Set(supportedMethods().map(({ method }) => method))
  assert.deepEqual(
    [...examples.keys()].filter((method) => !supported.has(method)),
    [],
  )
})

test('at most five examples do not succeed in every language, and their pages say why', () => {
  const exceptions = [...examples.values()].filter(({ refused, missing }) => refused ?? missing)
  assert.deepEqual(exceptions.map(({ method }) => method).toSorted(), Object.keys(EXCEPTIONS).toSorted())
  assert.ok(exceptions.length <= 5)
  for (const { method, note, missing } of exceptions) assert.ok(note ?? missing, method)
})

for (const example of examples.values()) {
  const printed = print(example, true)
  test(`${example.method} in TypeScript prints the values on its page`, () =>
    inTypeScript(printed.typescript, printed.shows ?? ''))
  if (printed.command !== undefined) {
    test(`${example.method} on the command line shows the values on its page`, () =>
      onCommandLine(printed, example))
  }
  for (const { title, typescript, command, shows } of printed.more ?? []) {
    const name = `${example.method}, "${title}"`
    test(`${name}, in TypeScript prints the lines on its page`, () => runTypeScript(typescript, shows))
    if (command !== undefined) {
      test(`${name}, on the command line prints the lines on its page`, async () => {
        assert.equal(valuesIn([(await runCommands(command)).at(-1) ?? '']), valuesIn([shows]))
      })
    }
  }
}

test('the counts that the site prints are those of the examples that ran', async () => {
  const { typescript, command } = await executedCounts()
  assert.deepEqual({ typescript, command }, ran)
})

async function inTypeScript(text: string, shows: string): Promise<void> {
  await runTypeScript(text, shows)
  ran.typescript++
}

async function runTypeScript(text: string, shows: string): Promise<void> {
  assert.ok(text.includes(PRINTED_SERVER), 'the program names no server')
  const fresh = await servers.fresh(serveOptions(text))
  const args = await prepare(text, fresh)
  const address = fresh.server.info.console ?? ''
  const lines = await programs.run(text.replaceAll(PRINTED_SERVER, address), fresh.folder, args)
  assert.equal(valuesIn(lines), valuesIn(shows.split('\n')))
}

/** Types the commands that come first. @returns the arguments of the program */
async function prepare(text: string, { shell }: Fresh): Promise<string[]> {
  for (const line of firstCommands(text)) await succeed(shell, line)
  return argumentNames(text).map((name) => shell.variables.get(name) ?? '')
}

async function succeed(shell: Shell, line: string): Promise<string> {
  const { exitCode, out, complaint } = await shell.run(line)
  assert.equal(exitCode, 0, `${line}: ${complaint}`)
  return out
}

async function onCommandLine({ command = '' }: PrintedExample, example: Example): Promise<void> {
  const outputs = await runCommands(command)
  ran.command++
  const calls: Call[] = [example, ...(example.after === undefined ? [] : [example.after])]
  for (const [index, call] of calls.entries()) {
    if (example.refused === undefined)
      checkShown(call, outputs.at(index - calls.length) ?? '', call.shows ?? {})
  }
}

/** @returns the output of each command */
async function runCommands(text: string): Promise<string[]> {
  const { shell } = await servers.fresh(serveOptions(text))
  const outputs: string[] = []
  for (const line of commandsIn(text)) outputs.push(await runLine(shell, line))
  return outputs
}

async function runLine(shell: Shell, line: string): Promise<string> {
  const refused = refusalIn(line)
  if (refused === undefined) return succeed(shell, line)
  const { exitCode, complaint } = await shell.run(line)
  assert.equal(exitCode, 1, line)
  const [code, type] = refused.split(' ')
  assert.ok(complaint.includes(`${type} (${code})`), complaint)
  return ''
}

function checkShown({ method }: Call, output: string, shows: Shows): void {
  const answer: unknown = JSON.parse(output)
  for (const [path, value] of Object.entries(shows)) {
    assert.equal(shownIn(answer, method, path), String(value), `${method}: ${path}`)
  }
}
