/** Writes `site/guides/settings.md`, all settings of the server's rules: `node scripts/settings-doc.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createSettings } from '../packages/server/src/rules/index.ts'

/** The path of the page. */
export const SETTINGS_DOC: URL = new URL('../site/guides/settings.md', import.meta.url)

/** These have their own options, or are not numbers. */
const ELSEWHERE = new Set(['dcs', 'cdn', 'passkeys', 'terms'])

/** The page as it should be. */
export function renderSettingsDoc(): string {
  const [box, strict] = [createSettings('box'), createSettings('strict')]
  const names = Object.keys(box).filter((name) => !ELSEWHERE.has(name))
  const rows = names.toSorted().map((name) => {
    const [one, other] = [show(Reflect.get(box, name)), show(Reflect.get(strict, name))]
    return `| \`${name}\` | ${about(name)} | ${one} | ${other === one ? '' : other} |`
  })
  return [
    '---',
    'title: Settings',
    'description: Every limit and lifetime of the login rules, with its values in both presets.',
    'order: 90',
    '---',
    '',
    'All settings of the login rules, with their values for `--limits box` (the default) and `--limits strict`. Change them in',
    'the file of `--config`, or with `startServer({ settings })`:',
    '',
    '```json',
    '{ "limits": "strict", "settings": { "codeLifetimeS": 120, "signUpLimit": { "max": 1, "windowS": 86400 } } }',
    '```',
    '',
    'A name that ends in `S` is in seconds, one in `Ms` in milliseconds. The server does not start with unknown settings or',
    'invalid values. A `network` is an IPv4 address, or the /64 of an IPv6 address. `sendLimits` and `emailLimits` replace the',
    'list of the preset, so repeat the limits you want to keep. Neither preset limits prefixes (`scope: "prefix"`) or the whole',
    'server (`"global"`): add such limits before you pay a provider for each message. Of a group of settings, such as `files`,',
    'give those that differ: `"files": { "accountMib": 100 }`. A limit has its number and its `windowS` together.',
    '',
    'Options of `serve` set the data centres, passkeys and terms of service. `node scripts/settings-doc.ts` writes this page from',
    '`packages/server/src/ground/settings.ts`; a test compares the two.',
    '',
    '| setting | meaning | box | strict, if different |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const SOURCE = readFileSync(new URL('../packages/server/src/ground/settings.ts', import.meta.url), 'utf8')
const [, SETTINGS = ''] = SOURCE.split('export interface Settings {')

/** The comment of a setting. */
function about(name: string): string {
  const [, comment] =
    new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n  readonly ${name}:`).exec(SETTINGS) ?? []
  if (comment === undefined) throw new Error(`the setting ${name} has no comment`)
  return comment
    .replace(/\n\s*\*?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function show(value: unknown): string {
  return value === undefined ? 'off' : `\`${JSON.stringify(value)}\``
}

if (import.meta.main) writeFileSync(SETTINGS_DOC, renderSettingsDoc())
