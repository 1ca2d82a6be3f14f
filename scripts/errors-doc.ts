/** Writes `docs/login-errors.md`, the errors of each method, from the server's table: `node scripts/errors-doc.ts`. */
import { writeFileSync } from 'node:fs'
import { ERRORS, type ErrorRow } from '@cablegram/server'

/** Where the page is. */
export const ERRORS_DOC: URL = new URL('../docs/login-errors.md', import.meta.url)

/** The methods of the table, by name. */
export function methodsWithErrors(): string[] {
  return [...new Set(ERRORS.flatMap(({ methods }) => (methods === 'any' ? [] : methods)))].sort()
}

/** The errors of one method, or those of any, by code and name. */
export function errorsOf(method: string): ErrorRow[] {
  return ERRORS.filter(({ methods }) =>
    methods === 'any' ? method === 'any' : methods.includes(method),
  ).toSorted((a, b) => Math.abs(a.code) - Math.abs(b.code) || a.name.localeCompare(b.name))
}

/** The page as it has to be. */
export function renderErrorsDoc(): string {
  return [
    '# Errors of the login, method by method',
    '',
    'Made by `node scripts/errors-doc.ts` from the table in `packages/server/src/domain/errors/`; a test compares the two.',
    'An `X` at the end of a name stands for a number. Every error can also be asked for by hand (`docs/faults.md`), and',
    '`docs/error-coverage.md` says how each is tested. "Ours" are those whose cause Telegram does not publish, or does not',
    'list for the method: what is said of them is true of this server.',
    '',
    '## Any method',
    '',
    ...table('any'),
    ...methodsWithErrors().flatMap((method) => ['', `## ${method}`, '', ...table(method)]),
    '',
  ].join('\n')
}

function table(method: string): string[] {
  return ['| error | when | what to do | whose |', '|---|---|---|---|', ...errorsOf(method).map(row)]
}

function row({ code, name, cause, advice, definition, faultOnly }: ErrorRow): string {
  const when = faultOnly === undefined ? cause : `${cause} ${faultOnly}`
  return `| ${code} \`${name}\` | ${when} | ${advice} | ${definition === 'ours' ? 'ours' : 'Telegram’s'} |`
}

if (import.meta.main) writeFileSync(ERRORS_DOC, renderErrorsDoc())
