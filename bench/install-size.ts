import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The bytes of a package and of everything that it needs to run, as they lie in `node_modules`. */
export function sizeOf(modules: string, name: string, counted: Set<string> = new Set()): number {
  const folder = join(modules, name)
  if (counted.has(folder) || !existsSync(folder)) return 0
  counted.add(folder)
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const own = join(folder, 'node_modules')
  let bytes = bytesIn(folder)
  for (const needed of Object.keys(dependencies)) {
    // A version of its own is inside the package, and counted with it.
    if (!existsSync(join(own, needed))) bytes += sizeOf(modules, needed, counted)
  }
  return bytes
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    return sum + (entry.isDirectory() ? bytesIn(path) : statSync(path).size)
  }, 0)
}
