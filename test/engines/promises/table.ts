/** The table of promises: printed by the tests, and written into the documentation by their full form. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

/** One fault, and what became of it. */
export interface Row {
  readonly fault: string
  readonly seen: string
  /** The longest wait, with what was waited for. */
  readonly longest: string
  readonly lost: string
}

const HEAD = ['Fault', 'Clients saw', 'Longest wait', 'Lost']

/** The table in Markdown. */
function tableOf(rows: readonly Row[]): string {
  return [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)].map(lineOf).join('\n')
}

function cellsOf({ fault, seen, longest, lost }: Row): string[] {
  return [fault, seen, longest, lost]
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** Rows as they come. Each is printed at once, and may be written at once: a test that fails later takes none away. */
export class Report {
  readonly #rows: Row[] = []
  readonly #write: (rows: readonly Row[]) => void

  /** @param write called with all rows so far, for each new one */
  constructor(write: (rows: readonly Row[]) => void) {
    this.#write = write
  }

  add(row: Row): void {
    this.#rows.push(row)
    say(lineOf(cellsOf(row)))
    this.#write(this.#rows)
  }

  print(): void {
    process.stdout.write(`\n${tableOf(this.#rows)}\n\n`)
  }
}

/** Tells somebody who watches how far the tests are. */
export function say(progress: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${progress}\n`)
}

/** A number of times, in words. */
export function timesInWords(times: number): string {
  return times === 1 ? 'once' : `${times} times`
}

const PAGE = new URL('../../../docs/promises.md', import.meta.url)
/** The sections of the page that are written by themselves, in their order. */
const TALK_TITLE = '## People who write to each other'
const KILLS_TITLE = '## A server killed in mid-send'
const UPLOADS_TITLE = '## A server killed in mid-upload'

/** Kills in mid-send on one kind of store. */
export interface KillRow {
  readonly store: string
  readonly kills: number
  readonly messages: number
  /** Sends that were not acknowledged when the server was killed. */
  readonly underWay: number
  /** Messages that waited for a time. */
  readonly planned: number
  /** Kills after which some of a round's planned messages were sent, and others not. */
  readonly halfDone: number
  readonly seen: string
  readonly longestMs: number
}

/** Writes the section about kills in mid-send into `docs/promises.md`. */
export function writeKills(kills: readonly KillRow[], now: Date): void {
  const cells = kills.map(
    ({ store, kills: times, messages, underWay, planned, halfDone, seen, longestMs }) => [
      store,
      String(times),
      String(messages),
      String(underWay),
      String(planned),
      String(halfDone),
      seen,
      seconds(longestMs),
    ],
  )
  const head = [
    'Store',
    'Kills',
    'Acknowledged',
    'Under way at a kill',
    'Of them scheduled',
    'Kills amid the scheduled',
    'Clients saw',
    'Longest wait',
  ]
  const table = [head, head.map(() => '---'), ...cells].map(lineOf).join('\n')
  const section = `${KILLS_TITLE}

\`npm run test:kills\` kills a single server with \`kill -9\` at random moments while four people write to each other and to their
group, with twelve sends at once. Before each kill everybody schedules a message in each of their chats, and one of them sends a
poll that closes by itself; the clock comes to that time, and the kill follows the first of these messages within 60 ms. The server starts again on the
same store, and the people repeat what was not acknowledged, under the same random ids. It ran at commit ${commitNow()} on ${now.toISOString().slice(0, 10)}. CI runs a short form with three kills.

${table}

In the end each member of each chat has every acknowledged message exactly once, and no other; nothing waits any more, and all polls
are closed. A device of each person that asks for the difference after each restart has heard of every message once. The log of each
box goes to its pts without a hole. "Kills amid the scheduled" left some of a round's scheduled messages sent and the others waiting.
The longest wait is the time from a kill until the next acknowledged message.
`
  writeSection(KILLS_TITLE, section)
}

/** Kills in mid-upload on one kind of store. */
export interface UploadKillRow {
  readonly store: string
  readonly kills: number
  readonly files: number
  readonly amidParts: number
  readonly amidAssembly: number
  /** Parts that the server asked for again. */
  readonly missing: number
  /** Files and uploads that a sweep found after a kill, and that nothing named. */
  readonly orphans: number
  readonly seen: string
}

/** Writes the section about kills in mid-upload into `docs/promises.md`. */
export function writeUploadKills(kills: readonly UploadKillRow[], now: Date): void {
  const head = [
    'Store',
    'Kills',
    'Files acknowledged',
    'Kills amid parts',
    'Kills amid assembly',
    'Parts sent again',
    'Orphans swept',
    'Clients saw',
  ]
  const cells = kills.map((row) => [
    row.store,
    String(row.kills),
    String(row.files),
    String(row.amidParts),
    String(row.amidAssembly),
    String(row.missing),
    String(row.orphans),
    row.seen,
  ])
  const table = [head, head.map(() => '---'), ...cells].map(lineOf).join('\n')
  writeSection(
    UPLOADS_TITLE,
    `${UPLOADS_TITLE}

\`npm run test:kills\` also kills a single server with \`kill -9\` while two people send six files at once, of up to 3 MiB, each with
four parts on their way: half of the kills at random moments, the others right after a file begins to be put together. It
ran this part at commit ${commitNow()} on ${now.toISOString().slice(0, 10)}. CI runs a short form with three kills.

${table}

After each restart the files that were acknowledged last before the kill are downloaded, and have the hashes of what was sent. In the
end the store has every acknowledged file, by its hash. After each kill a sweep leaves exactly the files that the database names, and no parts but those of uploads that go on.
`,
  )
}

/** Writes the section about people who write to each other into `docs/promises.md`. */
export function writeTalk(rows: readonly Row[], now: Date): void {
  writeSection(
    TALK_TITLE,
    `${TALK_TITLE}

The same command breaks parts while four people write to each other and to their group, and stops after each time to compare. It
ran this part at commit ${commitNow()} on ${now.toISOString().slice(0, 10)}.

${tableOf(rows)}

"Nothing" means: every acknowledged message is in every box of its chat once, and no other. A device of each person that listens and
one that only asks for differences have heard of the same messages in the same order. The log of each box goes to its pts without a
hole, unread messages are counted right, ids and dates rise together, and each update comes with the peers that it names.
`,
  )
}

/** Puts a section in place of the one with its title. */
function writeSection(title: string, section: string): void {
  const page = readFileSync(PAGE, 'utf8')
  const before = sectionOf(page, title)
  writeFileSync(PAGE, before === '' ? `${page}\n${section}` : page.replace(before, () => section))
}

/** A section of the page, to the next one. */
function sectionOf(page: string, title: string): string {
  const at = page.indexOf(title)
  if (at < 0) return ''
  const end = page.indexOf('\n## ', at + 1)
  return end < 0 ? page.slice(at) : page.slice(at, end)
}

function commitNow(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
}

/** Writes `docs/promises.md`, but for the sections that are written by themselves. */
export function writePromises(rows: readonly Row[], now: Date): void {
  const page = readFileSync(PAGE, 'utf8')
  const kept = [TALK_TITLE, KILLS_TITLE, UPLOADS_TITLE]
    .map((title) => sectionOf(page, title))
    .filter((each) => each !== '')
  const text = `# Promises under failure

Tests break the parts of a server with three nodes, PostgreSQL and Redis, and watch what clients see. This page shows one run of
their full form, \`npm run test:promises\`, which writes it. It ran at commit ${commitNow()} on ${now.toISOString().slice(0, 10)}. CI runs a short
form of the same tests with fewer rounds (\`npm run test:engines\`).

The clients are those of this repository. They come through a TCP balancer, repeat calls that fail with a 5xx, a negative code or a
lost connection, and treat every other error as a failure of the test. "Nothing" under "Lost" means: each login that the server had
confirmed is there, each account has one login, no code let anybody in twice, and each acknowledged message is in the history and
was heard by the other session once and in order. The tests compare all of them.

${tableOf(rows)}

## A full disk on SQLite

\`test/e2e/full-disk.test.ts\` shows the same of a single server with a data folder: writes are refused with an error that names the
next step, signed-in users can still read, \`/healthz\` says so, and writes go on as soon as there is room.
${kept.map((section) => `\n${section}`).join('')}`
  writeFileSync(PAGE, text)
}

/** A duration for people. */
export function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
