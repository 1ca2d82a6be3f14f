/** `npm run example NAME`: runs one of the examples. */
import { existsSync, globSync } from 'node:fs'
import { basename } from 'node:path'

const name = process.argv[2] ?? ''
const file = new URL(`../examples/${basename(name)}.ts`, import.meta.url)
if (existsSync(file)) {
  await import(file.href)
} else {
  const names = globSync('examples/*.ts').map((path) => basename(path, '.ts'))
  const problem =
    name === '' ? 'name an example, as in `npm run example sign-in`' : `there is no example "${name}"`
  process.stderr.write(`cablegram: ${problem}; there are ${names.join(', ')}.\n`)
  process.exitCode = 2
}
