import type { ErrorFact } from '../model/errors.ts'
import type { MethodEntry, Model } from '../model/model.ts'
import { errorLink, table } from './inline.ts'

/** Says that nobody has written advice yet. */
export const NO_ADVICE = 'No advice yet.'

/** Stands for a value that nobody knows. */
export const NOTHING = '–'

/** The errors of a method: its own in a table, then the names of those that any method may answer. */
export function errorsSection(method: MethodEntry, { errors }: Model): string {
  const own = method.errors.map((error) => [
    `${error.code} ${errorLink(error.name)}`,
    error.cause ?? NOTHING,
    error.advice ?? NO_ADVICE,
    makeText(error),
  ])
  const ownNames = new Set(method.errors.map(({ name }) => name))
  const any = [...new Set(errors.any.map(({ name }) => name))].filter((name) => !ownNames.has(name))
  return [
    '## Errors',
    own.length === 0
      ? 'No error of its own is documented.'
      : table(['Error', 'Why', 'What to do', 'Make it happen'], own),
    any.length > 0
      ? `The errors of [any method](/errors/any) can come as well: ${any.map((name) => `\`${name}\``).join(', ')}.`
      : '',
    own.length > 0 && method.isSupported
      ? `The local server answers with any of these errors, without the cause, if you ask for it: \`npx cablegram fault ${method.name} --error ${wireExample(method.errors[0]?.name ?? '')} --times 1\`.`
      : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** A way to make an error happen on the local server. */
export function makeText({ make, faultOnly, name, methods }: ErrorFact): string {
  if (make !== undefined) return commandText(make)
  if (methods !== 'any' && faultOnly === undefined) return NOTHING
  return `\`npx cablegram fault --error ${wireExample(name)}\``
}

/** A command line is set as code. */
export function commandText(make: string): string {
  return /^(?:npx |npm |cablegram |[A-Z]+ \/api\/)/.test(make) && !make.includes('`') ? `\`${make}\`` : make
}

/** A text as it stands on the wire: a number for X, in quotes if there are spaces. */
function wireExample(name: string): string {
  const text = name.replace(/(?<![A-Z])X(?![A-Z])/, '30')
  return text.includes(' ') ? `'${text}'` : text
}
