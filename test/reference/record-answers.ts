/**
 * `node test/reference/record-answers.ts [METHOD…]`: runs the printed programs in TypeScript, each against a server that was
 * just emptied, and writes the bytes of their answers into site/examples/answers.json. Without a METHOD it records the examples
 * that have no answer there yet. Ids and hashes are random, so an answer that is recorded again differs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { encodeResult, type MethodName, type Results } from '@cablegram/tl/api'
import type { Example } from '../../site/printers/example.ts'
import { print } from '../../site/printers/index.ts'
import { readExamples } from '../../site/printers/read-examples.ts'
import { argumentNames, firstCommands, PRINTED_SERVER, serveOptions } from './printed-text.ts'
import { type Answer, takeAnswers } from './recording-client.ts'
import { Servers } from './servers.ts'

const FILE = fileURLToPath(new URL('../../site/examples/answers.json', import.meta.url))
const CLIENT = new URL('./recording-client.ts', import.meta.url).href

const servers = new Servers()
const recorded: Record<string, string> = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {}
const wanted = process.argv.slice(2)
let count = 0
for (const [method, example] of await readExamples()) {
  const isWanted = wanted.length === 0 ? recorded[method] === undefined : wanted.includes(method)
  if (!isWanted || example.refused !== undefined) continue
  recorded[method] = Buffer.from(bytesOf(example, await runExample(example))).toString('base64')
  count += 1
}
await servers.close()
const sorted = Object.entries(recorded).toSorted(([a], [b]) => (a < b ? -1 : 1))
writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`)
process.stdout.write(`recorded ${count} answers, ${sorted.length} in all\n`)

/** Imports the program of an example with a client that notes each answer. */
async function runExample(example: Example): Promise<Answer[]> {
  const { typescript } = print(example, true)
  const { server, shell, folder } = await servers.fresh(serveOptions(typescript))
  for (const line of firstCommands(typescript)) await shell.run(line)
  const args = argumentNames(typescript).map((name) => shell.variables.get(name) ?? '')
  const text = typescript
    .replaceAll(PRINTED_SERVER, server.info.console ?? '')
    .replace("from '@cablegram/client'", `from '${CLIENT}'`)
  const file = join(folder, `${example.method}.ts`)
  writeFileSync(file, text)
  process.argv = [process.execPath, file, ...args]
  takeAnswers()
  await silently(() => import(pathToFileURL(file).href))
  return takeAnswers()
}

/** The values that a program prints are not wanted here. */
async function silently(work: () => Promise<unknown>): Promise<void> {
  const { log } = console
  console.log = () => {}
  try {
    await work()
  } finally {
    console.log = log
  }
}

/** The bytes of the call that the page is about: the last one, or the one before a second call of the same method. */
function bytesOf({ method, after }: Example, answers: readonly Answer[]): Uint8Array {
  const own = answers.filter((answer) => answer.method === method)
  const answer = own.at(after?.method === method ? -2 : -1)
  if (answer === undefined) throw new Error(`the program of ${method} does not call it`)
  if (answer.value instanceof Uint8Array) return answer.value
  return encodeResult(answer.method as MethodName, answer.value as Results[MethodName])
}
