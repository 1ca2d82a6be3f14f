/**
 * Two sizes of the same test. `npm test` runs the small one; `npm run test:long`, a step of `.ci/run`, runs files with a
 * comment `// Long form: REASON` once more, in the large one. So does `npm run test:secrets` with those that it runs.
 */

/** Tells whether this is the long form. */
export const isLong: boolean = process.env['CABLEGRAM_LONG'] === '1'

/** Every third of these, from the first; all of them in the long form. */
export function sampled<T>(all: readonly T[]): readonly T[] {
  return isLong ? all : all.filter((_, at) => at % 3 === 0)
}

/** The number of runs, seeds or clients. */
export function effort(short: number, long: number): number {
  return isLong ? long : short
}
