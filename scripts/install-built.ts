/**
 * Copies packages/<name>/dist to where Node finds packages that are installed, beside the dependencies of this repository.
 * Steps of `.ci/run` start their servers there: such a server is of few modules, and starts in 40 % of the processor time.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { INSTALLED } from './published.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Lays out the built packages as npm would, in a folder `node_modules` that is made anew. */
export function installBuilt(modules: string): void {
  rmSync(modules, { recursive: true, force: true })
  for (const name of readdirSync(join(root, 'packages'))) {
    const dist = join(root, 'packages', name, 'dist')
    if (!existsSync(dist)) continue
    const manifest: { name: string } = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8'))
    // Copies and not links: a link's own imports would lead back to the source.
    cpSync(dist, join(modules, manifest.name), { recursive: true })
  }
}

if (import.meta.main) installBuilt(join(root, INSTALLED))
