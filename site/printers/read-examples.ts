import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Example } from './example.ts'

const FOLDER = fileURLToPath(new URL('../examples/', import.meta.url))

/** The examples that are written by hand, by their methods: one file each, which has the method's name. */
export async function readExamples(): Promise<ReadonlyMap<string, Example>> {
  const files = globSync('*.ts', { cwd: FOLDER }).toSorted()
  return new Map(
    await Promise.all(files.map(async (file) => [basename(file, '.ts'), await read(file)] as const)),
  )
}

async function read(file: string): Promise<Example> {
  const { example }: { example?: Example } = await import(pathToFileURL(join(FOLDER, file)).href)
  if (example === undefined) throw new Error(`site/examples/${file} exports no \`example\``)
  const method = basename(file, '.ts')
  if (example.method === method) return example
  throw new Error(`site/examples/${file} is the example of ${example.method}: call it ${example.method}.ts`)
}
