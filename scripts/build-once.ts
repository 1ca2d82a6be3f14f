import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds the packages, unless `CABLEGRAM_BUILT=1` says that they were built: steps of `.ci/run` share one build. */
export function buildOnce(): void {
  if (process.env['CABLEGRAM_BUILT'] === '1') return
  const script = fileURLToPath(new URL('build.ts', import.meta.url))
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) process.exit(1)
}
