import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Results } from '@cablegram/tl/api'
import { addressesToKeep, configuredAddresses, knownAddresses } from './dc-addresses.ts'
import { PRODUCTION, TEST } from './server/telegram.ts'
import { decodeSession, encodeSession, type Session } from './storage/session.ts'
import { chooseWay } from './way.ts'

const SESSION: Session = {
  server: { name: 'a', fingerprints: ['f'] },
  dcId: 2,
  dcs: {},
  addresses: {
    7: { host: '1.1.1.7', port: 1, others: [{ host: '::7', port: 2 }] },
    8: { host: '1.1.1.8', port: 3 },
  },
  userId: undefined,
  logoutTokens: [],
}

const platform = {
  random: () => assert.fail('nothing is drawn'),
  transport: 'tcp' as const,
  dial: fail,
  dialWebSocket: fail,
  dialPosts: fail,
}

function fail(): never {
  throw new Error('nothing is dialled')
}

const hosts = (addresses: readonly { readonly host: string }[]) => addresses.map(({ host }) => host)

for (const server of [PRODUCTION, TEST]) {
  test(`${server.name}: every data centre has an address in each family`, () => {
    for (const id of new Set(server.dcs.map((dc) => dc.id))) {
      const known = hosts(knownAddresses(id, server, SESSION))
      assert.deepEqual(
        hosts(chooseWay(knownAddresses(id, server, SESSION), {}, platform, Date.now).addresses).slice(0, 2),
        known.slice(0, 2),
      )
      assert.ok(
        known.some((host) => host.includes(':')),
        `${id}: IPv6`,
      )
      assert.ok(
        known.some((host) => /^\d+\.\d+\.\d+\.\d+$/.test(host)),
        `${id}: IPv4`,
      )
    }
  })

  test(`${server.name}: WebSocket and HTTP use one URL whatever the addresses`, () => {
    for (const transport of ['websocket', 'http'] as const) {
      const { addresses } = chooseWay(knownAddresses(2, server, SESSION), { transport }, platform, Date.now)
      assert.deepEqual(
        addresses.map(({ wsUrl }) => wsUrl),
        [server.dcs.find(({ id }) => id === 2)?.wsUrl],
      )
    }
  })
}

test('the session supplies data centres that the description lacks', () => {
  const kept = decodeSession(encodeSession(SESSION), 'a')
  assert.deepEqual(kept.addresses, SESSION.addresses)
  assert.deepEqual(hosts(knownAddresses(7, PRODUCTION, kept)), ['1.1.1.7', '::7'])
  assert.deepEqual(hosts(knownAddresses(8, PRODUCTION, kept)), ['1.1.1.8'])
  assert.deepEqual(knownAddresses(9, PRODUCTION, kept), [])
})

test("what Telegram has told since comes before what is built in; a server of one's own knows better itself", () => {
  const session = { ...SESSION, addresses: { 2: { host: '1.1.1.2', port: 443 } } }
  const known = hosts(knownAddresses(2, PRODUCTION, session))
  assert.deepEqual(known, ['1.1.1.2', ...hosts(knownAddresses(2, PRODUCTION, SESSION))])
  const again = { ...SESSION, addresses: { 2: { host: known[1] ?? '', port: 443 } } }
  assert.equal(knownAddresses(2, PRODUCTION, again).length, known.length - 1)
  const own = { ...PRODUCTION, dcs: [{ id: 2, host: '10.0.0.1', port: 1 }] }
  assert.deepEqual(hosts(knownAddresses(2, own, session)), ['10.0.0.1'])
})

test('of a configuration a session keeps the addresses of each data centre', () => {
  const dcOption = { _: 'dcOption', port: 443 } as const
  const dcOptions = [
    { ...dcOption, id: 1, ipAddress: '1.1.1.1' },
    { ...dcOption, id: 1, ipAddress: '::1', ipv6: true },
    { ...dcOption, id: 2, ipAddress: '1.1.1.2', tcpoOnly: true },
    { ...dcOption, id: 203, ipAddress: '1.1.1.3', cdn: true },
  ]
  const config = { dcOptions } as unknown as Results['help.getConfig']
  const first = { host: '1.1.1.1', port: 443, others: [{ host: '::1', port: 443 }] }
  assert.deepEqual(addressesToKeep(config, false), { 1: first })
  assert.deepEqual(addressesToKeep(config, true), { 1: first, 2: { host: '1.1.1.2', port: 443 } })
})

const option = { _: 'dcOption', id: 5, port: 443 } as const

for (const [what, options, isObfuscated, expected] of [
  ['IPv4 first', [{ ipv6: true, ipAddress: '::5' }, { ipAddress: '1.1.1.5' }], false, ['1.1.1.5', '::5']],
  ['IPv6 only', [{ ipv6: true, ipAddress: '::5' }], false, ['::5']],
  [
    'for files only',
    [
      { mediaOnly: true, ipAddress: '1.1.1.1' },
      { cdn: true, ipAddress: '1.1.1.2' },
    ],
    false,
    [],
  ],
  ['with a secret', [{ secret: new Uint8Array(16), ipAddress: '1.1.1.1' }], true, []],
  ['for obfuscated frames only', [{ tcpoOnly: true, ipAddress: '1.1.1.1' }], false, []],
  ['the same, with obfuscated frames', [{ tcpoOnly: true, ipAddress: '1.1.1.1' }], true, ['1.1.1.1']],
  ['static twice', [{ ipAddress: '1.1.1.1' }, { static: true, ipAddress: '1.1.1.1' }], false, ['1.1.1.1']],
  ['for this port only', [{ thisPortOnly: true, ipAddress: '1.1.1.1' }], false, ['1.1.1.1']],
  ['of another data centre', [{ id: 4, ipAddress: '1.1.1.1' }], false, []],
  [
    'a hundred',
    Array.from({ length: 100 }, (_, i) => ({ ipAddress: `1.1.1.${i}` })),
    false,
    Array.from({ length: 16 }, (_, i) => `1.1.1.${i}`),
  ],
] as const) {
  test(`addresses listed by a configuration: ${what}`, () => {
    const dcOptions = options.map((each) => ({ ...option, ...each }))
    const config = { dcOptions } as unknown as Results['help.getConfig']
    assert.deepEqual(hosts(configuredAddresses(5, config, isObfuscated)), expected)
  })
}
