import type { Example } from './example.ts'
import type { Step } from './state.ts'
import { pathsIn } from './values.ts'

/**
 * The names of a state that the calls after it use, or its own lines.
 *
 * @param textOf the lines of a step in the language that is written
 */
export function usedNames(
  { params, after }: Example,
  steps: readonly Step[],
  textOf: (step: Exclude<Step, { readonly method: unknown }>) => string,
): ReadonlySet<string> {
  const all = [params, after?.params ?? {}, ...steps.map((step) => ('method' in step ? step.params : {}))]
  const names = new Set(all.flatMap(pathsIn).map(([name = '']) => name))
  const texts = steps.flatMap((step) => ('method' in step ? [] : [{ own: step.as, text: textOf(step) }]))
  const inText = steps.flatMap(({ as }) =>
    as !== undefined && texts.some(({ own, text }) => own !== as && uses(text, as)) ? [as] : [],
  )
  return new Set([...names, ...inText])
}

/** Tells if a text has the name as a word of its own. */
export function uses(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text)
}

/** Tells if nothing uses the name that a step makes. */
export function isIdle(step: Step, used: ReadonlySet<string>): boolean {
  return !('method' in step) && step.as !== undefined && !used.has(step.as)
}
