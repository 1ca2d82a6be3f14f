/**
 * `node site/src/pack.ts FILE [--quick]`: writes all pages, with our own words only, as one file, and the script of "try it"
 * beside it. `--quick` compresses less: for a file that stays in a clone.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages } from './install.ts'

try {
  await main()
} catch (error) {
  process.stderr.write(`pack: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean' } },
    allowPositionals: true,
  })
  const [file] = positionals
  if (file === undefined) throw new Error('the name of the file to write is missing.')
  installPackages({ everything: false }, say)
  const { packSite } = await import('./build/pack-site.ts')
  const { tryItScript } = await import('./build/try-it-script.ts')
  const { writeTryIt } = await import('@cablegram/server/reference')
  const quality = values.quick === true ? 4 : 9
  const bytes = await packSite({ quality, say })
  mkdirSync(dirname(file), { recursive: true })
  await writeTryIt(file, await tryItScript(), quality)
  // Two makers at once do not write into one file.
  const newFile = `${file}.${process.pid}.new`
  writeFileSync(newFile, bytes)
  renameSync(newFile, file)
  say(`wrote ${file}, ${(bytes.length / 1e6).toFixed(2)} MB`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
