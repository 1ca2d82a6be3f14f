/** Measures in fresh processes, one at a time: what a program pays once, and its memory then. */
import { execFileSync } from 'node:child_process'
import { median } from './measure.ts'

const PROCESSES = 7

/** The medians of what processes have reported. */
export interface Sample {
  readonly ms: number
  readonly mb: number
}

/** Runs `code` in fresh processes, with modules resolved from `folder`; it calls `report(ms)`. */
export function sample(folder: string, code: string): Sample {
  const report = `function report(ms) {
    console.log(JSON.stringify({ ms, mb: process.memoryUsage().rss / 1e6 }))
  }`
  const samples = Array.from({ length: PROCESSES }, (): Sample => {
    const args = ['--expose-gc', '--input-type=module', '--eval', `${report}\n${code}`]
    return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }))
  })
  return { ms: median(samples.map(({ ms }) => ms)), mb: median(samples.map(({ mb }) => mb)) }
}

/** The code that imports a module. */
export function importing(module: string): string {
  return `const started = performance.now()
    await import('${module}')
    report(performance.now() - started)`
}
