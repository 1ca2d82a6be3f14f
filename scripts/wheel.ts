/**
 * Makes a Python wheel of `packages/fixtures/pytest`: a zip with the modules, and the metadata that pip
 * reads.
 */
import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ZipFile, zip } from './zip.ts'

const folder = fileURLToPath(new URL('../packages/fixtures/pytest/', import.meta.url))
const NAME = 'pytest_cablegram'
const TAG = 'py3-none-any'

/** Writes the wheel of this version. @returns the name of the file */
export function writeWheel(version: string, into: string): string {
  const file = `${NAME}-${version}-${TAG}.whl`
  writeFileSync(join(into, file), zip(wheelFiles(version)))
  return file
}

function wheelFiles(version: string): ZipFile[] {
  const info = `${NAME}-${version}.dist-info`
  const modules = globSync(`${NAME}/**/*.{py,typed}`, { cwd: folder }).toSorted()
  const files = [
    ...modules.map((path) => ({ name: path.split(sep).join('/'), data: readFileSync(join(folder, path)) })),
    file(`${info}/METADATA`, metadata(version)),
    file(`${info}/WHEEL`, `Wheel-Version: 1.0\nGenerator: cablegram\nRoot-Is-Purelib: true\nTag: ${TAG}\n`),
    file(`${info}/entry_points.txt`, `[pytest11]\ncablegram = ${NAME}.plugin\n`),
    { name: `${info}/licenses/LICENSE`, data: readFileSync(join(folder, '../../../LICENSE')) },
  ]
  return [...files, record(`${info}/RECORD`, files)]
}

function metadata(version: string): string {
  const head = readFileSync(join(folder, 'METADATA'), 'utf8').trim()
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  return `${head.replace('Version: 0', `Version: ${version}`)}\n\n${readme}`
}

/** The list of all files with their hashes, itself without one. */
function record(name: string, files: readonly ZipFile[]): ZipFile {
  const lines = files.map(({ name, data }) => {
    const hash = createHash('sha256').update(data).digest('base64url')
    return `${name},sha256=${hash},${data.length}`
  })
  return file(name, `${[...lines, `${name},,`].join('\n')}\n`)
}

function file(name: string, text: string): ZipFile {
  return { name, data: Buffer.from(text) }
}
