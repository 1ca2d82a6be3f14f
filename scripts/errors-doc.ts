/** Writes `site/guides/login-errors.md`, the errors of each method, from the data of `@cablegram/tl`: `node scripts/errors-doc.ts`. */
import { writeFileSync } from 'node:fs'
import { ERRORS } from '@cablegram/server'
import type { ErrorRow } from '@cablegram/tl/errors'
import errors from '@cablegram/tl/errors.json' with { type: 'json' }

/** The path of the page. */
export const ERRORS_DOC: URL = new URL('../site/guides/login-errors.md', import.meta.url)

/** Namespaces that a login has nothing to do with: the page of each method has its errors. */
const AFTER_THE_LOGIN =
  /^(messages|contacts|updates|users|photos|folders|channels|bots|stories|phone|premium|upload)\./

/** The methods of the page, by name. */
export function methodsOfLogin(): string[] {
  const all = ERRORS.flatMap(({ methods }) => (methods === 'any' ? [] : methods))
  return [...new Set(all.filter((method) => !AFTER_THE_LOGIN.test(method)))].sort()
}

/** The errors that the server answers this method with, or any method, by code and name. */
export function errorsOf(method: string): ErrorRow[] {
  return ERRORS.filter((row) => isOf(row, method))
    .map(({ code, name }) => described(method, code, name))
    .toSorted((a, b) => Math.abs(a.code) - Math.abs(b.code) || a.name.localeCompare(b.name))
}

/** The row of an error of a method. @throws TypeError nothing is written about it */
export function described(method: string, code: number, name: string): ErrorRow {
  const found = errors.find((row) => row.code === code && row.name === name && isOf(row, method))
  if (found === undefined)
    throw new TypeError(`packages/tl/sources/errors has no ${code} ${name} of ${method}`)
  return found
}

function isOf({ methods }: { readonly methods: readonly string[] | 'any' }, method: string): boolean {
  return methods === 'any' ? method === 'any' : methods.includes(method)
}

const HEAD = `---
title: Errors of the login
description: Each error of the login, method by method, with its cause and what to do about it.
order: 50
---

Errors have a number and a name. The number says what kind of trouble it is, and so what a client does first:

| number | what to do |
|---|---|
| 303 | Go to the data centre in the name, and make the call again there. |
| 400 | Show the person what is wrong and ask again, or mend the program. The same call fails again. |
| 401 \`SESSION_PASSWORD_NEEDED\` | Ask for the password. Every other 401 ends the login: sign in again. |
| 406 | As with 400. The server may tell the person itself, in a message of its own. |
| 420 | Wait as many seconds as the name says, and make the call again. |
| 500, and negative numbers | Make the call again after a pause, a few times at most. |

A login screen meets these first:

| error | a good screen |
|---|---|
| [PHONE_NUMBER_INVALID](/errors/PHONE_NUMBER_INVALID) | stays at the number and marks it |
| [PHONE_NUMBER_BANNED](/errors/PHONE_NUMBER_BANNED) | says so; another try changes nothing |
| [FLOOD_WAIT_X](/errors/FLOOD_WAIT_X) | shows when the person can go on, and locks the button until then |
| [PHONE_NUMBER_FLOOD](/errors/PHONE_NUMBER_FLOOD) | offers another way in (QR code, passkey), or tomorrow |
| [PHONE_CODE_INVALID](/errors/PHONE_CODE_INVALID) | stays at the code, empty |
| [PHONE_CODE_EXPIRED](/errors/PHONE_CODE_EXPIRED) | asks for a new code by itself, and says so |
| [SESSION_PASSWORD_NEEDED](/errors/SESSION_PASSWORD_NEEDED) | shows the field for the password, with the hint |
| [PASSWORD_HASH_INVALID](/errors/PASSWORD_HASH_INVALID) | stays at the password, and offers the recovery |
| [UPDATE_APP_TO_LOGIN](/errors/UPDATE_APP_TO_LOGIN) | leads to the newer version |

[Logging in](/guides/login#errors) says which of these Cablegram's client handles by itself.

The tables list the errors that Cablegram's server answers: first those of any method, then those of each method of the login.
The page of every other method, such as [messages.sendMessage](/methods/messages.sendMessage), has its errors. An \`X\` at
the end of a name stands for a number. A name with \`ours\` behind it is one whose cause Telegram does not publish, so the text is
true of this server only. Every error can also be had on demand, without its cause: see [Faults](/guides/faults).

How each error is tested is in [error-coverage.md](../../docs/error-coverage.md). \`node scripts/errors-doc.ts\` writes the tables
from \`packages/tl/sources/errors/\`; a test compares the two.
`

/** The page as it should be. */
export function renderErrorsDoc(): string {
  const methods = methodsOfLogin()
  const tables = methods.flatMap((method) => [
    '',
    `## ${method}`,
    '',
    `The page of [${method}](/methods/${method}).`,
    '',
    ...table(method),
  ])
  return [HEAD, '## Any method', '', ...table('any'), ...tables, ''].join('\n')
}

function table(method: string): string[] {
  return ['| error | when | what to do | to see it |', '|---|---|---|---|', ...errorsOf(method).map(row)]
}

function row({ code, name, cause, advice, make, source, faultOnly }: ErrorRow): string {
  const when = faultOnly === undefined ? cause : `${cause} ${faultOnly}`
  // One name is a sentence, and has no page under it.
  const shown = /^\w+$/.test(name) ? `[${name}](/errors/${name})` : `\`${name}\``
  const own = source === 'ours' ? ' `ours`' : ''
  return `| ${code} ${shown}${own} | ${when} | ${advice} | ${howToSee(make)} |`
}

/** A command stands in code, a sentence as it is; neither may end the cell. */
function howToSee(make = 'by a fault'): string {
  const text = /^npx /.test(make) ? `\`${make}\`` : make
  return text.replaceAll('|', '\\|')
}

if (import.meta.main) writeFileSync(ERRORS_DOC, renderErrorsDoc())
