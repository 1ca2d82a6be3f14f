/** Writes the programs in which test files share processes. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { planProcesses, type TestProcess } from './plan.ts'

/**
 * Plans the processes for these files and writes a program for each.
 *
 * @param folder for the programs
 * @param paths of the test files, from the repository's folder, which is the working folder
 * @returns the paths of the programs, for Node's test runner
 */
export function writePrograms(folder: string, paths: readonly string[]): string[] {
  const planned = planProcesses(paths, (path) => readFileSync(path, 'utf8'))
  return planned.map((one, at) => write(folder, one, at))
}

/** Node's test runner begins with the first name of the alphabet, so names begin with the place in the plan. */
function write(folder: string, { name, files }: TestProcess, at: number): string {
  const path = join(folder, `${String(at).padStart(3, '0')}-${name}.mjs`)
  const runner = new URL('together.ts', import.meta.url).href
  const list = JSON.stringify(files.map((each) => [resolve(each), each]))
  const program = [
    `import { together } from ${JSON.stringify(runner)}`,
    `const names = new Map(${list})`,
    'together([...names.keys()], (file) => names.get(file))',
  ]
  writeFileSync(path, `${program.join('\n')}\n`)
  return path
}
