/**
 * One seed for every property of a process. A suite that passed passes again, in CI too, and a property that fails says how
 * to run it once more. The variable `CABLEGRAM_SEED` has another seed, or `random` for a new one in each property.
 */
import fc, { type GlobalParameters, type RunDetails } from 'fast-check'

const FIXED_SEED = 1

fc.configureGlobal(settingsFor(process.env['CABLEGRAM_SEED']))

/** @throws Error when the text is neither a whole number of 32 bits nor `random` */
export function settingsFor(given = ''): GlobalParameters {
  const reporter = report
  if (given === 'random') return { reporter }
  const seed = given === '' ? FIXED_SEED : Number(given)
  if (seed !== (seed | 0))
    throw new Error(`CABLEGRAM_SEED has to be a whole number or "random", not "${given}".`)
  return { reporter, seed }
}

function report(run: RunDetails<unknown>): void {
  if (!run.failed) return
  const again = `Run it again: CABLEGRAM_SEED=${run.seed} npm test -- FILE`
  throw new Error(`${fc.defaultReportMessage(run)}\n\n${again}`, { cause: run.errorInstance })
}
