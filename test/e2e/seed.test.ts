/** A seed: the initial data of a new server, applied once. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type Seed, startServer } from '@cablegram/server'
import { sendCode, TEST_CODE, testPhone } from './logins.ts'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-seed-'))
after(() => rmSync(folder, { recursive: true }))

const SEED: Seed = {
  apps: [{ title: 'Mine', apiId: 17_349, apiHash: '344583e45741c457fe1862106095a5eb' }, { title: 'Another' }],
  users: [
    {
      phone: testPhone(1),
      firstName: 'Ada',
      username: '@ada_l',
      password: 'correct horse',
      passwordHint: 'staple',
    },
    { phone: '+1 415 555 0123', firstName: 'Grace', loginEmail: 'grace@example.org' },
  ],
  rules: [{ digits: '+4474', rule: 'ban' }],
  faults: [{ method: 'help.getNearestDc', error: { code: 420, type: 'FLOOD_WAIT_3' }, times: 1 }],
}

test('a server in memory starts with its seed, and again after a reset', async () => {
  await using server = await startServer({ store: 'memory', seed: SEED })
  const check = async () => {
    const [ada, grace, ...others] = await server.users.list()
    assert.deepEqual(others, [])
    assert.deepEqual(
      { ...ada, sessions: [] },
      {
        id: 1_000_001,
        phone: testPhone(1),
        firstName: 'Ada',
        lastName: '',
        username: 'ada_l',
        hasPassword: true,
        passwordHint: 'staple',
        sessions: [],
      },
    )
    assert.equal(grace?.loginEmail, 'grace@example.org')
    assert.deepEqual(await server.phoneRules.list(), [{ digits: '4474', rule: 'ban' }])
    assert.equal(server.faults.list().length, 1)
    assert.deepEqual(
      (await server.apps.list()).map(({ title }) => title),
      ['Mine', 'Another'],
    )
  }
  await check()
  assert.equal(server.info.apps[0]?.apiId, 17_349)
  await server.users.remove(1_000_001)
  await server.reset()
  await check()
})

test('a data folder is seeded once', async () => {
  const data = join(folder, 'once')
  {
    await using server = await startServer({ data, seed: SEED })
    await server.users.remove(1_000_001)
    assert.equal((await server.users.list()).length, 1)
  }
  await using server = await startServer({ data, seed: SEED })
  assert.deepEqual(
    (await server.users.list()).map(({ firstName }) => firstName),
    ['Grace'],
  )
  assert.equal((await server.apps.list()).length, 2)
})

const invalid: readonly (readonly [seed: unknown, message: string])[] = [
  [{ user: [] }, 'There is no field seed.user. Did you mean users?'],
  [
    { users: [{ phone: '+9996621234' }] },
    'seed.users[0].firstName is missing: it has to be text of 1 to 64 characters, not all invisible.',
  ],
  [
    { users: [{ phone: '+9996621234', firstName: 'Ada', username: 'a b' }] },
    'seed.users[0].username has to be 5 to 32 letters, digits and underscores, a letter first.',
  ],
  [
    { rules: [{ digits: '44', rule: 'baned' }] },
    'seed.rules[0].rule has to be "ban", "protect", "migrate" or "channels", not "baned". Did you mean "ban"?',
  ],
  [{ apps: [{ title: 'Mine', apiId: 5 }] }, 'seed.apps[0]: give both apiId and apiHash, or neither.'],
  [[], 'seed has to be an object with apps, users, rules and faults, not a list.'],
  [
    { faults: [{ method: 'auth.sendcode', close: true }] },
    'seed.faults[0]: No layer has a method auth.sendcode. Did you mean auth.sendCode?',
  ],
  [
    { users: [1, 2].map(() => ({ phone: '+9996621234', firstName: 'Ada' })) },
    'seed.users[1]: The server refused: PHONE_NUMBER_OCCUPIED. Another account has the number. Show it: npx cablegram user +9996621234.',
  ],
]

for (const [seed, message] of invalid) {
  test(`a wrong seed stops the start: ${message}`, async () => {
    const starting = startServer({ store: 'memory', seed: seed as Seed })
    await assert.rejects(starting, { name: 'UsageError', code: 'SEED_INVALID', message })
  })
}

test('a seed that fails halfway leaves the folder new', async () => {
  const data = join(folder, 'half-way')
  const [ada] = SEED.users ?? []
  assert.ok(ada)
  await assert.rejects(startServer({ data, seed: { users: [ada, ada] } }), { code: 'SEED_INVALID' })
  await using server = await startServer({ data, seed: { users: [ada] } })
  assert.equal((await server.users.list())[0]?.id, 1_000_001)
})

test('a password hint and a username reach clients', async () => {
  await using server = await startServer({ store: 'memory', seed: SEED })
  const client = new TelegramClient(memorySession(), { server: server.info })
  await client.start({
    phone: async () => testPhone(1),
    code: async () => TEST_CODE,
    password: async ({ hint }) => {
      assert.equal(hint, 'staple')
      return 'correct horse'
    },
  })
  const [me] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  assert.equal(me?._ === 'user' && me.username, 'ada_l')
  const { users } = await client.contacts.resolveUsername({ username: 'Ada_L' })
  assert.equal(users[0]?._ === 'user' && users[0].self, true)
  await client.close()
})

test('names and hints are checked', async () => {
  await using server = await startServer({ store: 'memory', seed: SEED })
  const create = (more: object) => server.users.create({ phone: testPhone(7), firstName: 'Eve', ...more })
  await assert.rejects(create({ username: 'ADA_L' }), { code: 'USERNAME_OCCUPIED' })
  await assert.rejects(create({ username: 'echo_bot' }), { code: 'USERNAME_INVALID' })
  await assert.rejects(create({ passwordHint: 'staple' }), { code: 'PASSWORD_EMPTY' })
  await assert.rejects(server.users.change(1_000_001, { passwordHint: 'staple' }), { code: 'PASSWORD_EMPTY' })
  const changed = await server.users.change(1_000_001, { password: 'new', passwordHint: 'newer' })
  assert.equal(changed?.passwordHint, 'newer')
})

test('servers in memory have the same first app at every start', async () => {
  const apps = await Promise.all(
    [1, 2].map(async () => {
      await using server = await startServer({ store: 'memory' })
      await sendCodeOnce(server.info)
      return server.info.apps
    }),
  )
  assert.deepEqual(apps[0], apps[1])
})

async function sendCodeOnce(info: Awaited<ReturnType<typeof startServer>>['info']): Promise<void> {
  const client = new TelegramClient(memorySession(), { server: info })
  await sendCode(client, info, testPhone(1))
  await client.close()
}
