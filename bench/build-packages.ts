import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { installBuilt } from '../scripts/install-built.ts'

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
  installBuilt(`${built}node_modules`)
  return built
}
