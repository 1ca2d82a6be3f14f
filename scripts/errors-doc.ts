/** Writes `site/guides/login-errors.md`, the errors of each method, from the data of `@cablegram/tl`: `node scripts/errors-doc.ts`. */
import { writeFileSync } from 'node:fs'
import { ERRORS } from '@cablegram/server'
import type { ErrorRow } from '@cablegram/tl/errors'
import errors from '@cablegram/tl/errors.json' with { type: 'json' }

/** The path of the page. */
export const ERRORS_DOC: URL = new URL('../site/guides/login-errors.md', import.meta.url)

/** The methods of the table, by name. */
export function methodsWithErrors(): string[] {
  return [...new Set(ERRORS.flatMap(({ methods }) => (methods === 'any' ? [] : methods)))].sort()
}

/** The errors that the server answers this method with, or any method, by code and name. */
export function errorsOf(method: string): ErrorRow[] {
  return ERRORS.filter((row) => isOf(row, method))
    .map(({ code, name }) => described(method, code, name))
    .toSorted((a, b) => Math.abs(a.code) - Math.abs(b.code) || a.name.localeCompare(b.name))
}

/** What is known about an error of a method. @throws TypeError nothing is written about it */
export function described(method: string, code: number, name: string): ErrorRow {
  const found = errors.find((row) => row.code === code && row.name === name && isOf(row, method))
  if (found === undefined)
    throw new TypeError(`packages/tl/sources/errors has no ${code} ${name} of ${method}`)
  return found
}

function isOf({ methods }: { readonly methods: readonly string[] | 'any' }, method: string): boolean {
  return methods === 'any' ? method === 'any' : methods.includes(method)
}

/** The page as it should be. */
export function renderErrorsDoc(): string {
  return [
    '---',
    'title: Errors of the login',
    'description: Each error that the server answers, method by method, with its cause and what to do about it.',
    'order: 50',
    '---',
    '',
    'This page lists the errors that this server returns: first those of any method, then those of each method. An `X` at the',
    'end of a name stands for a number. The last column says whose definition it is: `ours` means that Telegram does not',
    'publish the cause, or does not list the error for the method, so the text is true of this server only.',
    '',
    'You can make the server return any of these errors: see [Faults](/guides/faults). How each error is tested:',
    '[error-coverage.md](../../docs/error-coverage.md). `node scripts/errors-doc.ts` writes this page from',
    '`packages/tl/sources/errors/`; a test compares the two.',
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

function row({ code, name, cause, advice, source, faultOnly }: ErrorRow): string {
  const when = faultOnly === undefined ? cause : `${cause} ${faultOnly}`
  return `| ${code} \`${name}\` | ${when} | ${advice} | ${source === 'ours' ? 'ours' : 'Telegram’s'} |`
}

if (import.meta.main) writeFileSync(ERRORS_DOC, renderErrorsDoc())
