import { globSync, readFileSync } from 'node:fs'
import type { ErrorTexts, WrittenErrors, WrittenRow } from '../compiler/index.ts'
import { SOURCES } from './sources.ts'

const TEXTS = ['cause', 'advice', 'faultOnly', 'make', 'command']

/**
 * Reads the handwritten texts about errors: `sources/errors/*.json` by code and name, one file per subject, and
 * `sources/errors/names/*.json` by name alone.
 *
 * @throws TypeError a file has an unknown field, or a text that is not text
 */
export function readWrittenErrors(): WrittenErrors {
  const rows = filesOf<readonly WrittenRow[]>('errors/*.json').flatMap(([file, text, written]) =>
    written.map((row) => {
      checkFields(`${file}: ${text}`, row, ['methods', 'ours', ...TEXTS])
      return [text, row] as const
    }),
  )
  const names = new Map<string, ErrorTexts>()
  for (const [file, name, texts] of filesOf<ErrorTexts>('errors/names/*.json')) {
    checkFields(`${file}: ${name}`, texts, TEXTS)
    if (names.has(name)) throw new TypeError(`${file} has ${name}, which another file has, too`)
    names.set(name, texts)
  }
  return { rows, names }
}

/** The entries of these files, with the file of each. */
function filesOf<Entry>(pattern: string): [string, string, Entry][] {
  const files = globSync(pattern, { cwd: SOURCES }).sort()
  return files.flatMap((file) => {
    const entries: Readonly<Record<string, Entry>> = JSON.parse(readFileSync(SOURCES + file, 'utf8'))
    return Object.entries(entries).map(([key, entry]): [string, string, Entry] => [file, key, entry])
  })
}

function checkFields(where: string, entry: object, allowed: readonly string[]): void {
  for (const [field, value] of Object.entries(entry)) {
    if (!allowed.includes(field)) throw new TypeError(`${where} has an unknown field ${field}`)
    const texts = field === 'make' && typeof value === 'object' ? Object.values(value) : [value]
    if (TEXTS.includes(field) && texts.some((text) => typeof text !== 'string'))
      throw new TypeError(`${where}: ${field} is not text`)
  }
}
