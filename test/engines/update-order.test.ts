/** Two people on two nodes of one server write to each other at once: nobody hears of a pts too early. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '@cablegram/server'
import { placesIn } from '../../packages/server/src/api/places-in.ts'
import { testPhone } from '../e2e/logins.ts'
import type { ReadyLine } from '../e2e/serve.ts'
import { type Heard, WireClient } from '../e2e/wire-client.ts'
import { startPostgres, startRedis } from './index.ts'

const PARALLEL = 32

const postgres = await startPostgres()
const redis = await startRedis()
const folder = mkdtempSync(join(tmpdir(), 'cablegram-update-order-'))
const open: { close(): unknown }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
  await Promise.all([postgres.close(), redis.close()])
  rmSync(folder, { recursive: true })
})

const placesOf = (one: Heard) => placesIn(one.kind === 'answer' ? one.answer : one.updates)

/** The places of a session's stream that do not follow the one before. */
function gapsOf(heard: readonly Heard[], sincePts: number): string[] {
  const gaps: string[] = []
  let pts = sincePts
  for (const one of heard) {
    for (const place of placesOf(one)) {
      if (place.pts <= sincePts) continue
      if (place.pts - place.ptsCount !== pts) gaps.push(`${place.pts} (${one.kind}) after ${pts}`)
      pts = Math.max(pts, place.pts)
    }
  }
  return gaps
}

test('the stream of every session has no gap, whichever nodes the sessions are on', async () => {
  const database = await postgres.createDatabase()
  const options = { store: postgres.url(database), bus: redis.url(), secretFile: join(folder, 'key') }
  const nodes = [await startServer(options), await startServer(options)]
  open.push(...nodes)
  const sessions: { readonly client: WireClient; readonly phone: string }[] = []
  for (const index of [1, 2]) {
    for (const node of nodes) {
      const client = await WireClient.open(node.info as ReadyLine)
      open.push(client)
      await client.logIn(testPhone(index), 'Ada')
      sessions.push({ client, phone: testPhone(3 - index) })
    }
  }
  const states = await Promise.all(sessions.map(({ client }) => client.call({ _: 'updates.getState' })))
  let randomId = 0n
  const writes = sessions.map(async ({ client, phone }) => {
    const contact = { _: 'inputPhoneContact', clientId: 1n, phone, firstName: 'A', lastName: '' } as const
    const { users } = await client.call({ _: 'contacts.importContacts', contacts: [contact] })
    const [user] = users
    assert.ok(user?._ === 'user')
    const peer = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash ?? 0n } as const
    await Promise.all(
      Array.from({ length: PARALLEL }, (_, n) => {
        randomId += 1n
        return client.call({ _: 'messages.sendMessage', peer, message: `text ${n}`, randomId })
      }),
    )
  })
  await Promise.all(writes)
  for (const [index, { client }] of sessions.entries()) {
    const { pts: end } = await client.call({ _: 'updates.getState' })
    await client.until((heard) => heard.flatMap(placesOf).some(({ pts }) => pts >= end))
    assert.deepEqual(gapsOf(client.heard, states[index]?.pts ?? 0), [])
  }
})
