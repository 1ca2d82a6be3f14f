/**
 * Nodes killed with SIGKILL while people sign in through a balancer: each ends signed in, once. With CABLEGRAM_LONG=1 a
 * hundred kills and 50 logins at a time.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { memorySession, TelegramClient } from '@cablegram/client'
import { RpcError } from '@cablegram/mtproto'
import { ownPhone, sendCode, TEST_CODE, testPhone } from '../e2e/logins.ts'
import { type ServeProcess, startServe } from '../e2e/serve.ts'
import { effort } from '../effort.ts'
import { startBalancer, startPostgres, startRedis } from './index.ts'

const NODES = 3
const KILLS = effort(3, 100)
const LOGINS = effort(8, 50)
/** The promise is ten seconds. A machine that also runs everything else is given more, and the time is printed. */
const GIVEN_UP_MS = 60_000

const postgres = await startPostgres({ settings: { max_connections: 200 } })
const redis = await startRedis()
const folder = mkdtempSync(join(tmpdir(), 'cablegram-kills-'))
const nodes: ServeProcess[] = []
const ports: number[] = []
after(async () => {
  await Promise.all(nodes.map((node) => node.stop('SIGKILL')))
  await Promise.all([postgres.close(), redis.close()])
  rmSync(folder, { recursive: true })
})

const database = postgres.url(await postgres.createDatabase())
const shared = ['--store', database, '--bus', redis.url(), '--secret-file', join(folder, 'secret.key')]

async function startNode(at: number): Promise<void> {
  const node = await startServe([...shared, '--port', '0', '--console-port', '0'])
  nodes[at] = node
  ports[at] = node.ready.dcs[0]?.port ?? assert.fail()
}

/** Calls again what a broken connection, or a node without its database, has not answered. */
async function again<T>(call: () => Promise<T>, untilMs: number): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const isFinal = error instanceof RpcError && error.code !== 500 && error.code !== -503
      if (isFinal || performance.now() > untilMs) throw error
      await wait(50)
    }
  }
}

/** Signs a new number up as a person would, whose app tries again. */
async function signIn(client: TelegramClient, phone: string, { ready }: ServeProcess): Promise<void> {
  const untilMs = performance.now() + GIVEN_UP_MS
  const sent = await again(() => sendCode(client, ready, phone), untilMs)
  const answer = await again(() => client.auth.signIn({ ...sent, phoneCode: TEST_CODE }), untilMs)
  if (answer._ === 'auth.authorizationSignUpRequired') {
    await again(() => client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' }), untilMs)
  }
  assert.equal(`+${await again(() => ownPhone(client), untilMs)}`, phone)
}

test(`${KILLS} nodes are killed while ${LOGINS} logins are in flight, and each login is made once`, async (t) => {
  for (let at = 0; at < NODES; at++) await startNode(at)
  const balancer = await startBalancer(ports)
  t.after(() => balancer.close())
  const slowestMs: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const at = kill % NODES
    const info = nodes[(at + 1) % NODES] ?? assert.fail()
    const dcs = info.ready.dcs.map((dc) => ({ ...dc, port: balancer.port }))
    const phones = Array.from({ length: LOGINS }, (_, index) => testPhone(kill * LOGINS + index))
    const clients = phones.map(() => new TelegramClient(memorySession(), { server: { ...info.ready, dcs } }))
    const endedMs = clients.map(async (client, index) => {
      // They do not begin all at once, so that the kill meets each step of a login.
      await wait(index * 10)
      await signIn(client, phones[index] ?? '', info)
      return performance.now()
    })
    await wait(LOGINS * 5)
    await nodes[at]?.stop('SIGKILL')
    const killedMs = performance.now()
    const tookMs = (await Promise.all(endedMs)).map((ms) => Math.max(0, ms - killedMs))
    slowestMs.push(Math.max(...tookMs))
    for (const phone of phones) {
      const response = await fetch(`${info.ready.console}/api/users?phone=${phone.slice(1)}`)
      const { users } = JSON.parse(await response.text())
      assert.deepEqual(
        users.map(({ sessions }: { sessions: unknown[] }) => sessions.length),
        [1],
        `${phone} has one account with one login`,
      )
    }
    await Promise.all(clients.map((client) => client.close()))
    await startNode(at)
  }
  const sorted = slowestMs.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
  t.diagnostic('| kills | logins at a time | slowest login after a kill, median | worst |')
  t.diagnostic('|---|---|---|---|')
  t.diagnostic(`| ${KILLS} | ${LOGINS} | ${at(0.5)} ms | ${at(1)} ms |`)
})
