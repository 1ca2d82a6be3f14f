/**
 * People of different libraries talk with each other on one server: `node interop/pairs.ts [library …] [--only
 * act,…]`. Each program is started once. Every pair writes, edits, reads and deletes; in a ring, each library does the
 * rest with the next one. No client may log an error, and none may ask for a difference after its first on a connection.
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
import { type ServeProcess, startServe } from '../test/e2e/serve.ts'
import { CallLog } from './calls.ts'
import { ClientProcess } from './client-process.ts'
import { installClients, missing } from './install.ts'
import { namespaceCommand } from './namespace.ts'
import { freePort } from './ports.ts'
import { MTPROXY_SECRET } from './programs.ts'
import { buildGo, pythonOf, TALKERS, type TalkerProgram } from './talkers.ts'
import { PAIR_ACTS, type Person, RING_ACTS, type TalkAct } from './talking.ts'

const ACTS: readonly TalkAct[] = [...PAIR_ACTS, ...RING_ACTS]

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    // `inside` is internal: another runner has started this one in a namespace.
    options: { only: { type: 'string' }, inside: { type: 'boolean' }, log: { type: 'string' } },
  })
  const asked = TALKERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  if (!values.inside) installClients()
  const talkers = asked.filter((talker) => values.inside || isPlayable(talker)).map(installed)
  if (!values.inside && talkers.some(({ needs }) => needs?.includes('tdlib'))) return again(talkers)
  const acts = ACTS.filter(({ name }) => values.only?.split(',').includes(name) ?? true)
  return play(talkers, acts, values.log)
}

function isPlayable({ name, needs }: TalkerProgram): boolean {
  const why = needs?.map(missing).find((reason) => reason !== undefined)
  if (why !== undefined) console.log(`SKIP  ${name}: ${why}`)
  return why === undefined
}

function installed(talker: TalkerProgram): TalkerProgram {
  if (talker.go !== undefined) buildGo(talker.go, talker.adapter)
  return talker.pip === undefined ? talker : { ...talker, python: pythonOf(talker.pip) }
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

async function play(
  talkers: readonly TalkerProgram[],
  acts: readonly TalkAct[],
  logFile: string | undefined,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'cablegram-pairs-'))
  const log = new CallLog(logFile ?? join(folder, 'server.log'))
  const port = String(await freePort())
  const serve = ['--data', join(folder, 'data'), '--port', port, '--console-port', '0', '--log', 'debug']
  const server = await startServe([...serve, '--mtproxy-secret', MTPROXY_SECRET], {
    stdio: ['pipe', 'pipe', log.fd],
  })
  const people: Person[] = []
  const failures: string[] = []
  try {
    for (const talker of talkers) {
      try {
        people.push(await personOf(talker, people.length, server, folder))
      } catch (error) {
        failures.push(`${talker.name}: ${(error as Error).message}`)
        console.log(`FAIL  ${failures.at(-1)}`)
      }
    }
    log.settle()
    for (const act of acts) failures.push(...(await playAct(act, people)))
    for (const person of people)
      failures.push(...complaintsOf(person).map((line) => `${person.name} logs: ${line}`))
    failures.push(
      ...log.gaps(
        people.map(({ program }) => program.missesOwnReads?.layer).filter((layer) => layer !== undefined),
      ),
    )
    failures.push(...(await proveComplaints(people, server)))
    if (logFile !== undefined) console.log(log.refusals().join('\n'))
  } finally {
    await Promise.all(people.map(({ client }) => client.kill()))
    await server.stop('SIGTERM')
    log.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
  for (const failure of failures) console.log(`      ${failure}`)
  console.log(failures.length === 0 ? 'everybody understood everybody' : `${failures.length} failures`)
  return failures.length === 0 ? 0 : 1
}

function complaintsOf({ client, program }: Person): readonly string[] {
  return stripVTControlCharacters(client.output).match(new RegExp(program.complaint, 'gm')) ?? []
}

const COMPLAINTS_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 100

/** Kills the server, so that each client complains: a pattern that does not match that would not see an error either. */
async function proveComplaints(people: readonly Person[], server: ServeProcess): Promise<string[]> {
  const [before, startedMs] = [
    new Map(people.map((each) => [each, complaintsOf(each).length])),
    performance.now(),
  ]
  for (const { client, program } of people) if (program.complainsWhenAsked) await client.talk('complain')
  await server.stop('SIGKILL')
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
    return { name: program.name, program, client, id, phone, username, start, server: ready }
  } catch (error) {
    await client.kill()
    throw new Error(`${(error as Error).message}\n${client.output.slice(-2000)}`)
  }
}

async function playAct(act: TalkAct, people: readonly Person[]): Promise<string[]> {
  const failures: string[] = []
  for (const cast of act.casts(people.filter(({ program }) => program.lacks !== act.name))) {
    const title = `${act.name}: ${cast.map(({ name }) => name).join(' → ')}`
    const startedMs = performance.now()
    for (const { client } of people) client.forgetHeard()
    const failure = await act.play(cast).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    )
    const ms = Math.round(performance.now() - startedMs)
    console.log(`${failure ? 'FAIL' : 'pass'}  ${title} (${ms} ms)`)
    if (failure)
      failures.push(`${title}: ${failure instanceof assert.AssertionError ? failure.stack : failure.message}`)
  }
  return failures
}

process.exitCode = await main()
