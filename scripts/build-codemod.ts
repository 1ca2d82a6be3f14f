/**
 * Writes codemod/dist, a folder that `npm pack` takes as it is. Its types are stripped in their places: that needs nothing of
 * what the codemod depends on, so that the build installs none of it.
 */
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'codemod')
const dist = join(folder, 'dist')

/** @returns the folder */
export function buildCodemod(): string {
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(join(dist, 'src'), { recursive: true })
  for (const file of globSync('src/*.ts', { cwd: folder })) {
    const text = stripTypeScriptTypes(readFileSync(join(folder, file), 'utf8'))
    const named = text.replaceAll(/(from '\.\/[^']+)\.ts'/g, "$1.js'")
    writeFileSync(join(dist, 'src', `${basename(file, '.ts')}.js`), named, { mode: 0o755 })
  }
  for (const file of [join(folder, 'README.md'), join(root, 'LICENSE')])
    cpSync(file, join(dist, basename(file)))
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
  return dist
}

/** In the repository the schema is beside the codemod; a package of its own names it. */
function manifest(): object {
  const own = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return {
    ...own,
    bin: { codemod: './src/main.js' },
    dependencies: { ...own.dependencies, '@cablegram/tl': own.version },
    files: ['src'],
    publishConfig: { access: 'public' },
  }
}
