import { methodNames } from '@cablegram/tl/fields'
import { commandLines } from './command.ts'
import type { Example } from './example.ts'
import { luaProgram } from './lua.ts'
import { readExamples } from './read-examples.ts'
import { sampleExample } from './sample-example.ts'
import { STATES } from './states.ts'
import { typescriptProgram } from './typescript.ts'

/** The example of a method in each language, as its page shows it. */
export interface PrintedExample {
  readonly method: string
  /** True if the tests run it. The others are made from the schema, type-checked and encoded. */
  readonly executed: boolean
  /** The state before the call, in words. */
  readonly given?: string
  readonly typescript: string
  readonly lua: string
  /** Commands for a shell. */
  readonly command?: string
  /** The reason, if the command line cannot make the call. */
  readonly commandNote?: string
  /** The reason, if Lua cannot make the call; `lua` is empty then. */
  readonly luaNote?: string
  /** A sentence about the example. */
  readonly note?: string
  /** The lines that all three print, or show among the rest of the answer. */
  readonly shows?: string
  /** More programs for the page. */
  readonly more?: readonly PrintedSnippet[]
}

/** Another program of a page. */
export interface PrintedSnippet {
  readonly title: string
  readonly typescript: string
  readonly lua?: string
  readonly command?: string
  readonly shows: string
}

/** The examples of all methods of the newest layer. */
export async function printedExamples(): Promise<ReadonlyMap<string, PrintedExample>> {
  const examples = await readExamples()
  return new Map(methodNames().map((method) => [method, printOne(method, examples.get(method))]))
}

function printOne(method: string, example: Example | undefined): PrintedExample {
  return example === undefined ? print(sampleExample(method), false) : print(example, true)
}

/** Prints an example in the three languages. */
export function print(example: Example, executed: boolean): PrintedExample {
  const state = STATES[example.given]
  const { method, missing = {}, note, more } = example
  return {
    method,
    executed,
    given: state.words,
    typescript: typescriptProgram(example, state),
    lua: missing.lua === undefined ? luaProgram(example, state) : '',
    ...(missing.command === undefined
      ? { command: commandLines(example, state) }
      : { commandNote: missing.command }),
    ...(missing.lua !== undefined && { luaNote: missing.lua }),
    ...(note !== undefined && { note }),
    ...(executed && { shows: shownLines(example) }),
    ...(more !== undefined && { more }),
  }
}

/** The lines that the programs of an example print. */
export function shownLines({ refused, shows = {}, after }: Example): string {
  const rows = refused === undefined ? [shows, after?.shows ?? {}] : []
  const lines = rows.map((row) => Object.values(row).join('  ')).filter((line) => line !== '')
  return [...(refused === undefined ? [] : [refused]), ...lines].join('\n')
}

/** The number of examples that the tests run, in each language. */
export async function executedCounts(): Promise<{
  readonly typescript: number
  readonly lua: number
  readonly command: number
}> {
  const printed = [...(await readExamples()).values()].map((example) => print(example, true))
  return {
    typescript: printed.length,
    lua: printed.filter(({ luaNote }) => luaNote === undefined).length,
    command: printed.filter(({ command }) => command !== undefined).length,
  }
}
