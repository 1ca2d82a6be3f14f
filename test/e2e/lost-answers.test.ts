/**
 * Lost answers: the answer of every method is withheld, the server is killed between commit and answer, and
 * the client repeats the request to the next server.
 * Full rounds: the server is another process.
 * Long form: each third method, and not each ninth; with --full every method.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { RpcError } from '@cablegram/mtproto'
import { WRAPPER_IDS } from '../../packages/server/src/gateway/index.ts'
import { supportedMethods } from '../../packages/server/src/start/methods.ts'
import { sampled } from '../effort.ts'
import { countCalls } from './console.ts'
import { LOST_ANSWERS } from './lost-answer-rows.ts'
import { type LostCall, LostWorld } from './lost-world.ts'
import { portsOf, type ServeProcess, startServe } from './serve.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-lost-answers-'))
let serve: ServeProcess | undefined
let world: LostWorld | undefined
after(async () => {
  await world?.close()
  await serve?.stop('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Rows make their requests one after the other: on a slow machine the first QR code would be too old by the end. */
const CONFIG = { settings: { loginTokenLifetimeS: 600, loginTokenCollectS: 600 } }

async function start(before?: ServeProcess): Promise<ServeProcess> {
  const [data, config] = [join(folder, 'data'), join(folder, 'config.json')]
  writeFileSync(config, JSON.stringify(CONFIG))
  return startServe(['--config', config, '--data', data, '--dcs', '2', ...(await portsOf(before))])
}

test('the table has a row for every method and no other', () => {
  const methods = supportedMethods().flatMap(({ method }) => (WRAPPER_IDS.has(method) ? [] : [method]))
  assert.deepEqual(Object.keys(LOST_ANSWERS).sort(), methods.sort())
})

test('a repeat after a lost answer gets a true answer', async (t) => {
  serve = await start()
  world = new LostWorld(serve.ready)
  const lost = new Map<string, LostCall>()
  for (const [method, row] of sampled(Object.entries(LOST_ANSWERS), 9, 3)) {
    if (typeof row === 'function') lost.set(method, await row(world))
  }
  const { console } = serve.ready
  const answeredBefore = await countCalls(console)
  await world.http('POST', '/api/faults', { drop: true })
  const told = new Map([...lost].map(([method, { call }]) => [method, outcomeOf(call())]))
  while ((await countCalls(console)) < answeredBefore + lost.size) await sleep(5)
  await serve.stop('SIGKILL')
  serve = await start(serve)
  for (const [method, { told: expected, check }] of lost) {
    await t.test(method, async () => {
      const outcome = await told.get(method)
      if (expected instanceof RegExp) assert.match(nameOf(outcome), expected)
      else assert.equal(nameOf(outcome), String(expected))
      await check?.(outcome)
    })
  }
})

/** The answer or the refusal. */
function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => error)
}

function nameOf(outcome: unknown): string {
  if (outcome instanceof RpcError) return `${outcome.code} ${outcome.message}`
  if (typeof outcome === 'object' && outcome !== null && '_' in outcome) return String(outcome._)
  return String(outcome)
}
