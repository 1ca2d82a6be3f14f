import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('./corpus/', import.meta.url))

/** The inputs kept for a target, sorted by name. */
export function readCorpus(target: string): Uint8Array[] {
  const folder = `${FOLDER}${target}`
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder)
    .toSorted()
    .map((name) => new Uint8Array(readFileSync(`${folder}/${name}`)))
}

/** Stores an input under a name derived from its bytes; returns the path. */
export function keep(target: string, input: Uint8Array, prefix = ''): string {
  const folder = `${FOLDER}${target}`
  mkdirSync(folder, { recursive: true })
  const path = `${folder}/${prefix}${createHash('sha256').update(input).digest('hex').slice(0, 16)}`
  writeFileSync(path, input)
  return path
}
