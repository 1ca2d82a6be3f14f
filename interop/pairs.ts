/**
 * People of different libraries talk with each other on one server: `node interop/pairs.ts [library …] [--only
 * act,…] [--full]`. Each program is started once. Every pair writes, edits, reads and deletes; in a ring, each library does the
 * rest with the next one. 12 MiB each library either uploads or downloads; `--full` adds files of 10, 12 and 60 MiB in the ring.
 * Two pairs also talk across two nodes, and in one pair one downloads there what the other uploads. No client may log an error,
 * and none may ask for a difference after its first on a connection.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { createUser } from '../test/e2e/console.ts'
import { freePort } from '../test/e2e/free-port.ts'
import { type ServeProcess, startServe } from '../test/e2e/serve.ts'
import { CallLog } from './calls.ts'
import { ClientProcess } from './client-process.ts'
import { closeEngines, newSharedPlaces } from './engines.ts'
import { installClients, missing } from './install.ts'
import { LARGE_ACTS, MEDIA_ACTS, WHOLE_FILE } from './media.ts'
import { namespaceCommand } from './namespace.ts'
import { MTPROXY_SECRET } from './programs.ts'
import { installed, TALKERS, type TalkerProgram } from './talkers.ts'
import { inTwos, PAIR_ACTS, type Person, RING_ACTS, type TalkAct, WHOLE_TALK } from './talking.ts'

const ACTS: readonly TalkAct[] = [...PAIR_ACTS, ...RING_ACTS, ...MEDIA_ACTS]
/** In the order of the talkers: the first of each is at the first node. */
const NODE_PAIRS: readonly (readonly string[])[] = [
  ['mtcute', 'gramjs'],
  ['telethon', 'tdlib'],
]

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    // `inside` is internal: another runner has started this one in a namespace.
    options: {
      only: { type: 'string' },
      full: { type: 'boolean', default: false },
      inside: { type: 'boolean' },
      log: { type: 'string' },
    },
  })
  const asked = TALKERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  if (!values.inside) installClients()
  const talkers = asked.filter((talker) => values.inside || isPlayable(talker)).map(installed)
  if (!values.inside && talkers.some(({ needs }) => needs?.includes('tdlib'))) return again(talkers)
  const all = values.full ? [...ACTS, ...LARGE_ACTS] : ACTS
  const acts = all.filter(({ name }) => values.only?.split(',').includes(name) ?? true)
  const failures = await play(talkers, acts, values.log)
  if (values.only === undefined || values.only.split(',').includes('nodes'))
    failures.push(...(await playOnNodes(talkers)))
  for (const failure of failures) console.log(`      ${failure}`)
  console.log(failures.length === 0 ? 'everybody understood everybody' : `${failures.length} failures`)
  return failures.length === 0 ? 0 : 1
}

function isPlayable({ name, needs }: TalkerProgram): boolean {
  const why = needs?.map(missing).find((reason) => reason !== undefined)
  if (why !== undefined) console.log(`SKIP  ${name}: ${why}`)
  return why === undefined
}

/** A binary client runs only where nothing but loopback can be reached, and the others with it. */
function again(talkers: readonly TalkerProgram[]): number {
  const [unshare, ...args] = namespaceCommand()
  const options = process.argv
    .slice(2)
    .filter((each, index, all) => each.startsWith('--') || ['--only', '--log'].includes(all[index - 1] ?? ''))
  const names = talkers.map(({ name }) => name)
  const runner = [process.execPath, fileURLToPath(import.meta.url), ...names, ...options, '--inside']
  return spawnSync(unshare, [...args, ...runner], { stdio: 'inherit' }).status ?? 1
}

/** A server, or a node of one, and the log of its calls. */
interface Served {
  readonly server: ServeProcess
  readonly log: CallLog
}

async function startLogged(places: readonly string[], logFile: string): Promise<Served> {
  const log = new CallLog(logFile)
  const ports = ['--port', String(await freePort()), '--console-port', '0']
  const args = [...places, ...ports, '--mtproxy-secret', MTPROXY_SECRET, '--log', 'debug']
  return { server: await startServe(args, { stdio: ['pipe', 'pipe', log.fd] }), log }
}

/** Everybody at one server. */
async function play(
  talkers: readonly TalkerProgram[],
  acts: readonly TalkAct[],
  logFile: string | undefined,
): Promise<string[]> {
  return inFolder(async (folder) => {
    const at = await startLogged(['--data', join(folder, 'data')], logFile ?? join(folder, 'server.log'))
    const failures = await playAt([at], talkers, acts, folder)
    if (logFile !== undefined) console.log(at.log.refusals().join('\n'))
    return failures
  })
}

/** Two pairs at a server of two nodes, over PostgreSQL and Redis: each client at another node than its partner. */
async function playOnNodes(talkers: readonly TalkerProgram[]): Promise<string[]> {
  const why = missing('engines')
  if (why !== undefined) console.log(`SKIP  two nodes: ${why}`)
  const pairs = NODE_PAIRS.map((names) => talkers.filter(({ name }) => names.includes(name)))
  const whole = pairs.filter((pair) => pair.length === 2)
  if (why !== undefined || whole.length === 0) return []
  return inFolder(async (folder) => {
    const places = await newSharedPlaces(folder)
    // The first node makes the tables of the other.
    const nodes = [
      await startLogged(places, join(folder, 'node-0.log')),
      await startLogged(places, join(folder, 'node-1.log')),
    ]
    const acts = [
      { ...WHOLE_TALK, casts: inTwos },
      { ...WHOLE_FILE, casts: (people: readonly Person[]) => inTwos(people).slice(0, 1) },
    ].map((act) => ({ ...act, name: `${act.name} at two nodes` }))
    return playAt(nodes, whole.flat(), acts, folder)
  }).finally(closeEngines)
}

async function inFolder(run: (folder: string) => Promise<string[]>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cablegram-pairs-'))
  try {
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** Logs a person of each library in, at one server after the other, and plays the acts. */
async function playAt(
  served: readonly Served[],
  talkers: readonly TalkerProgram[],
  acts: readonly TalkAct[],
  folder: string,
): Promise<string[]> {
  const people: Person[] = []
  const failures: string[] = []
  const servers = served.map(({ server }) => server)
  try {
    for (const [index, talker] of talkers.entries()) {
      const server = servers[index % servers.length] as ServeProcess
      try {
        people.push(await personOf(talker, index, server, folder))
      } catch (error) {
        failures.push(`${talker.name}: ${(error as Error).message}`)
        console.log(`FAIL  ${failures.at(-1)}`)
      }
    }
    for (const { log } of served) log.settle()
    for (const act of acts) failures.push(...(await playAct(act, people)))
    for (const person of people)
      failures.push(...complaintsOf(person).map((line) => `${person.name} logs: ${line}`))
    const excused = people.map(({ program }) => program.missesOwnReads?.layer)
    for (const { log } of served) failures.push(...log.gaps(excused.filter((layer) => layer !== undefined)))
    failures.push(...(await proveComplaints(people, servers)))
    return failures
  } finally {
    await Promise.all(people.map(({ client }) => client.kill()))
    await Promise.all(servers.map((server) => server.stop('SIGTERM')))
    for (const { log } of served) log.close()
  }
}

function complaintsOf({ client, program }: Person): readonly string[] {
  return stripVTControlCharacters(client.output).match(new RegExp(program.complaint, 'gm')) ?? []
}

const COMPLAINTS_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 100

/** Kills the servers, so that each client complains: a pattern that does not match that would not see an error either. */
async function proveComplaints(
  people: readonly Person[],
  servers: readonly ServeProcess[],
): Promise<string[]> {
  const [before, startedMs] = [
    new Map(people.map((each) => [each, complaintsOf(each).length])),
    performance.now(),
  ]
  for (const { client, program } of people) if (program.complainsWhenAsked) await client.talk('complain')
  await Promise.all(servers.map((server) => server.stop('SIGKILL')))
  const isSilent = (person: Person): boolean => complaintsOf(person).length === before.get(person)
  while (people.some(isSilent) && performance.now() - startedMs < COMPLAINTS_WITHIN_MS)
    await sleep(LOOK_EVERY_MS)
  return people.filter(isSilent).map(({ name }) => `${name} does not complain of a dead server`)
}

async function personOf(
  program: TalkerProgram,
  index: number,
  server: ServeProcess,
  folder: string,
): Promise<Person> {
  const { ready } = server
  const phone = `+999662${String(2000 + index)}`
  const firstName = `P${index}`
  await createUser(ready.console, { phone, firstName })
  const files = join(folder, `client-${index}`)
  await mkdir(files)
  const start = (): ClientProcess => new ClientProcess(program, files)
  const client = start()
  try {
    await client.open(ready)
    await client.logIn({ phone, firstName, lastName: '', wrongCodes: 0 })
    const id = Number((await client.me()).id)
    const username = `person_${index}_of_ring`
    await client.talk('takeUsername', username)
    return { name: program.name, program, client, id, phone, username, start, server: ready, folder: files }
  } catch (error) {
    await client.kill()
    throw new Error(`${(error as Error).message}\n${client.output.slice(-2000)}`)
  }
}

async function playAct(act: TalkAct, people: readonly Person[]): Promise<string[]> {
  const failures: string[] = []
  const able = people.filter(({ program }) => !program.lacks?.includes(act.name))
  const playCast = async (cast: readonly Person[]): Promise<void> => {
    const title = `${act.name}: ${cast.map(({ name }) => name).join(' → ')}`
    const startedMs = performance.now()
    for (const { client } of cast) client.forgetHeard()
    const failure = await act.play(cast).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    )
    const ms = Math.round(performance.now() - startedMs)
    console.log(`${failure ? 'FAIL' : 'pass'}  ${title} (${ms} ms)`)
    if (failure)
      failures.push(`${title}: ${failure instanceof assert.AssertionError ? failure.stack : failure.message}`)
  }
  for (const casts of takingTurns(act.casts(able), act.atOnce ?? 1)) await Promise.all(casts.map(playCast))
  return failures
}

/** Groups casts that play at the same time: they have nobody in common. */
function takingTurns(casts: readonly Person[][], atOnce: number): Person[][][] {
  const turns: Person[][][] = []
  for (const cast of casts) {
    const isFree = (turn: readonly Person[][]): boolean =>
      turn.length < atOnce && !turn.flat().some((person) => cast.includes(person))
    const turn = turns.find(isFree)
    if (turn === undefined) turns.push([cast])
    else turn.push(cast)
  }
  return turns
}

process.exitCode = await main()
