/**
 * Sizes of the same test. `npm test` runs the small one; `npm run test:long`, a step of `.ci/run`, runs files with a comment
 * `// Long form: REASON` once more, in a larger one. So does `npm run test:secrets` with some that it runs. Some tests have
 * a full form, which takes too long for each landing: `npm run test:long -- --full`, and `npm run test:site -- --full`.
 */

const FORM = process.env['CABLEGRAM_LONG']

/** Tells whether this is the long form, or the full one. */
export const isLong: boolean = FORM === '1' || FORM === 'full'

/** Tells whether this is the full form. */
export const isFull: boolean = FORM === 'full'

/** The number of runs, seeds or clients. */
export function effort(short: number, long: number, full: number = long): number {
  if (isFull) return full
  return isLong ? long : short
}

/** Every third of these, from the first, or fewer; in the long form each of so many, by default all; in the full form all. */
export function sampled<T>(all: readonly T[], short = 3, long = 1): readonly T[] {
  const each = effort(short, long, 1)
  return all.filter((_, at) => at % each === 0)
}
