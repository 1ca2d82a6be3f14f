/** Writes `docs/methods.md`, the list of methods the server has: `node scripts/methods-doc.ts`. */
import { writeFileSync } from 'node:fs'
import { supportedMethods } from '@cablegram/server'

/** The path of the list. */
export const METHODS_DOC: URL = new URL('../docs/methods.md', import.meta.url)

/** The list as it should be. */
export function renderMethodsDoc(): string {
  const rows = supportedMethods().map(
    ({ method, anonymous }) => `| \`${method}\` | ${anonymous ? 'yes' : ''} |`,
  )
  return [
    '# Methods of the server',
    '',
    'This page lists the methods that this server has. It answers every other method of Telegram with 400',
    '`METHOD_NOT_IMPLEMENTED`, or with 401 `AUTH_KEY_UNREGISTERED` if nobody is signed in on the key. The second column marks',
    'the methods that a client can call before it signs in. `node scripts/methods-doc.ts` writes this page from the list of',
    'methods (`packages/tl/src/layers/surface.ts`); a test compares the two.',
    '',
    '| method | before signing in |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n')
}

if (import.meta.main) writeFileSync(METHODS_DOC, renderMethodsDoc())
