/**
 * `npm run bench [FILE…]`: runs every benchmark in a process of its own and prints their figures as one table.
 * `npm run bench -- attacks [OPTION…]` plays the attacks of attacks.ts, which has a table and options of its own.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const BENCHMARKS = [
  'tl/history.ts',
  'messages.ts',
  'key-creation.ts',
  'start-up.ts',
  'load.ts',
  'logins.ts',
  'chats.ts',
  'files.ts',
  'server-files.ts',
  'hostile.ts',
]

const here = fileURLToPath(new URL('.', import.meta.url))
const [first = '', ...options] = process.argv.slice(2)
if (first === 'attacks' || first === 'attacks.ts') {
  const { status } = spawnSync(process.execPath, [`${here}attacks.ts`, ...options], { stdio: 'inherit' })
  process.exit(status ?? 1)
}
// The peers are not part of the workspace; the peer of the TL benchmark is among the schema sources.
for (const folder of [here, `${here}../packages/tl/sources`]) {
  if (!existsSync(`${folder}/node_modules`)) {
    console.log(`installing the peers in ${folder} …`)
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    })
  }
}

const chosen = process.argv.slice(2)
const rows: Row[] = [['what', 'cablegram', 'peer', 'ratio']]
let failed = false
for (const file of chosen.length > 0 ? chosen : BENCHMARKS) {
  console.log(`… ${file}`)
  const { status, stdout } = spawnSync(process.execPath, [`${here}${file}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  failed ||= status !== 0
  rows.push(...stdout.split('\n').flatMap(toRow))
}
printTable(rows)
if (failed) process.exit(1)

/** `what: cablegram figure, peer figure: ratio×`; the peer and the ratio may be missing. */
function toRow(line: string): Row[] {
  const found = /^(.+?): cablegram ([^,]+)(?:, (\w+) (.+): ([\d.]+×))?$/.exec(line)
  if (!found) return []
  const [, what = '', cablegram = '', peer, figure, ratio = ''] = found
  return [[what, cablegram, peer === undefined ? '' : `${peer} ${figure}`, ratio]]
}

/** Markdown, ready to be pasted. */
function printTable([head, ...body]: readonly Row[]): void {
  const all = head ? [head, ...body] : body
  const width = (column: number) => Math.max(...all.map((row) => row[column]?.length ?? 0))
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(width(i))).join(' | ')} |`
  console.log(['', head && line(head), '|---|---|---|---|', ...body.map(line)].join('\n'))
}

type Row = readonly [what: string, cablegram: string, peer: string, ratio: string]
