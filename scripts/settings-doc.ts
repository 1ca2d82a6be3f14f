/** Writes `docs/settings.md`, every figure of the server's rules: `node scripts/settings-doc.ts`. */
import { writeFileSync } from 'node:fs'
import { createSettings } from '../packages/server/src/domain/index.ts'

/** Where the page is. */
export const SETTINGS_DOC: URL = new URL('../docs/settings.md', import.meta.url)

/** They have options of their own, or are no figures. */
const ELSEWHERE = new Set(['dcs', 'passkeys', 'terms'])

/** The page as it has to be. */
export function renderSettingsDoc(): string {
  const [box, strict] = [createSettings('box'), createSettings('strict')]
  const names = Object.keys(box).filter((name) => !ELSEWHERE.has(name))
  const rows = names.toSorted().map((name) => {
    const [one, other] = [show(Reflect.get(box, name)), show(Reflect.get(strict, name))]
    return `| \`${name}\` | ${one} | ${other === one ? '' : other} |`
  })
  return [
    '# Settings',
    '',
    'Every figure of the rules. `--limits box` (the default) and `--limits strict` are two sets of them; what is to be',
    'different stands in the file of `--config`, or in `startServer({ settings })`:',
    '',
    '```json',
    '{ "limits": "strict", "settings": { "codeLifetimeS": 120, "signUpLimit": { "max": 1, "windowS": 86400 } } }',
    '```',
    '',
    'A name that ends in `S` is seconds, in `Ms` milliseconds. What is not there, or is no such figure, is refused at the',
    'start. Limits for prefixes and for everybody are off in both sets: add them to `sendLimits` before a provider is paid',
    'for each message. The list replaces that of the set, so repeat what is to stay.',
    '',
    'What each is for is said where they are defined, in `packages/server/src/domain/settings.ts`. Made by',
    '`node scripts/settings-doc.ts`; a test compares the two.',
    '',
    '| setting | box | strict, where different |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function show(value: unknown): string {
  return value === undefined ? 'off' : `\`${JSON.stringify(value)}\``
}

if (import.meta.main) writeFileSync(SETTINGS_DOC, renderSettingsDoc())
