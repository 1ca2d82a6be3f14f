import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Builds the packages and lays them out as npm would.
 *
 * @returns a folder from which `@cablegram/…` is the built JavaScript
 */
export function buildPackages(): string {
  const root = fileURLToPath(new URL('../', import.meta.url))
  const built = fileURLToPath(new URL('./.built/', import.meta.url))
  execFileSync(process.execPath, [`${root}scripts/build.ts`], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  rmSync(built, { recursive: true, force: true })
  for (const folder of readdirSync(`${root}packages`)) {
    const dist = `${root}packages/${folder}/dist`
    const { name } = JSON.parse(readFileSync(`${dist}/package.json`, 'utf8'))
    // Copies and not links: a link's own imports would lead back to the source.
    cpSync(dist, `${built}node_modules/${name}`, { recursive: true })
  }
  return built
}
