/** Writes `docs/methods.md`, the list of methods the server has: `node scripts/methods-doc.ts`. */
import { writeFileSync } from 'node:fs'
import { supportedMethods } from '@cablegram/server'

/** Where the list is. */
export const METHODS_DOC: URL = new URL('../docs/methods.md', import.meta.url)

/** The list as it has to be. */
export function renderMethodsDoc(): string {
  const rows = supportedMethods().map(
    ({ method, anonymous }) => `| \`${method}\` | ${anonymous ? 'yes' : ''} |`,
  )
  return [
    '# Methods of the server',
    '',
    'Made by `node scripts/methods-doc.ts` from the table of handlers; a test compares the two. Any other method',
    "of Telegram's is answered 400 `METHOD_NOT_IMPLEMENTED`, or 401 `AUTH_KEY_UNREGISTERED` before signing in.",
    '',
    '| method | before signing in |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n')
}

if (import.meta.main) writeFileSync(METHODS_DOC, renderMethodsDoc())
