import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Results } from '@cablegram/tl/api'
import {
  addressesForCalls,
  addressesForLane,
  addressesToKeep,
  configuredAddresses,
  type KnownAddress,
  knownAddresses,
} from './dc-addresses.ts'
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
  assert.deepEqual(addressesToKeep(config), { 1: first, 2: { host: '1.1.1.2', port: 443, obfuscation: {} } })
})

const option = { _: 'dcOption', id: 5, port: 443 } as const

const secret = new Uint8Array(16).fill(3)

for (const [what, options, expected] of [
  ['IPv4 first', [{ ipv6: true, ipAddress: '::5' }, { ipAddress: '1.1.1.5' }], ['1.1.1.5', '::5']],
  ['IPv6 only', [{ ipv6: true, ipAddress: '::5' }], ['::5']],
  [
    'for files only, last',
    [
      { mediaOnly: true, ipAddress: '1.1.1.1' },
      { cdn: true, ipAddress: '1.1.1.2' },
      { ipAddress: '1.1.1.3' },
    ],
    ['1.1.1.3', '1.1.1.1'],
  ],
  [
    'static behind the others',
    [{ static: true, ipAddress: '1.1.1.1' }, { ipAddress: '1.1.1.2' }],
    ['1.1.1.2', '1.1.1.1'],
  ],
  ['static twice', [{ ipAddress: '1.1.1.1' }, { static: true, ipAddress: '1.1.1.1' }], ['1.1.1.1']],
  ['with a secret of no known form', [{ secret: new Uint8Array(15), ipAddress: '1.1.1.1' }], []],
  ['with a secret that asks for TLS', [{ secret: new Uint8Array(40).fill(0xee), ipAddress: '1.1.1.1' }], []],
  ['for this port only', [{ thisPortOnly: true, ipAddress: '1.1.1.1' }], ['1.1.1.1']],
  ['of another data centre', [{ id: 4, ipAddress: '1.1.1.1' }], []],
  [
    'that end a line of HTTP, are no host or have no port',
    [
      { ipAddress: '1.1.1.1 HTTP/1.1\r\nX: ' },
      { ipAddress: 'a'.repeat(300) },
      { ipAddress: '1.1.1.2', port: 0 },
      { ipAddress: '1.1.1.3', port: 65_536 },
      { ipAddress: '1.1.1.4' },
    ],
    ['1.1.1.4'],
  ],
  [
    'a hundred',
    Array.from({ length: 100 }, (_, i) => ({ ipAddress: `1.1.1.${i}` })),
    Array.from({ length: 16 }, (_, i) => `1.1.1.${i}`),
  ],
] as const) {
  test(`addresses listed by a configuration: ${what}`, () => {
    const dcOptions = options.map((each) => ({ ...option, ...each }))
    const config = { dcOptions } as unknown as Results['help.getConfig']
    assert.deepEqual(hosts(configuredAddresses(5, config)), expected)
  })
}

test('an address keeps what it wants of its frames', () => {
  const dcOptions = [
    { ...option, ipAddress: '1.1.1.1', tcpoOnly: true },
    { ...option, ipAddress: '1.1.1.2', tcpoOnly: true, secret },
    { ...option, ipAddress: '1.1.1.3', mediaOnly: true, static: true },
  ]
  assert.deepEqual(configuredAddresses(5, { dcOptions } as unknown as Results['help.getConfig']), [
    { host: '1.1.1.1', port: 443, obfuscation: {} },
    { host: '1.1.1.2', port: 443, obfuscation: { secret } },
    { host: '1.1.1.3', port: 443, isForFiles: true, isStatic: true },
  ])
})

test('a session with invalid addresses loses only those', () => {
  const addresses = {
    7: {
      host: 'a\r\nb',
      port: 1,
      others: [
        { host: '::7', port: 0 },
        { host: '::7', port: 2 },
      ],
    },
  }
  assert.deepEqual(hosts(knownAddresses(7, PRODUCTION, { ...SESSION, addresses })), ['::7'])
})

const at = (host: string, more: Partial<KnownAddress> = {}): KnownAddress => ({ host, port: 443, ...more })
const TOLD = [
  at('1.1.1.1'),
  at('1.1.1.2', { isStatic: true }),
  at('1.1.1.3', { obfuscation: { secret } }),
  at('::1'),
  at('1.1.1.9', { isForFiles: true }),
  at('::9', { isForFiles: true }),
]

for (const [what, chosen, expected] of [
  ['calls', addressesForCalls(TOLD), ['1.1.1.1', '1.1.1.2', '1.1.1.3', '::1']],
  ['uploads', addressesForLane('upload', TOLD, at('::1')), ['::1', '1.1.1.1', '1.1.1.2', '1.1.1.3']],
  [
    'downloads',
    addressesForLane('download', TOLD, at('1.1.1.2')),
    ['1.1.1.9', '::9', '1.1.1.2', '1.1.1.1', '1.1.1.3', '::1'],
  ],
  [
    'downloads of a client that has IPv6',
    addressesForLane('download', TOLD, at('::1')),
    ['::9', '1.1.1.9', '::1', '1.1.1.1', '1.1.1.2', '1.1.1.3'],
  ],
  [
    'downloads from a server without addresses for files',
    addressesForLane('download', addressesForCalls(TOLD), at('1.1.1.1')),
    ['1.1.1.1', '1.1.1.2', '1.1.1.3', '::1'],
  ],
] as const) {
  test(`addresses for ${what}`, () => assert.deepEqual(hosts(chosen), expected))
}

for (const [what, options, expected] of [
  ['TCP', {}, ['1.1.1.1', '::1', '1.1.1.2', '1.1.1.3']],
  ['full frames, which cannot be hidden', { framing: 'full' }, ['1.1.1.1', '::1', '1.1.1.2']],
  ['a proxy', { proxy: 'socks5://10.0.0.1' }, ['1.1.1.2', '::1', '1.1.1.1', '1.1.1.3']],
  ['WebSocket', { transport: 'websocket' }, ['1.1.1.1', '::1', '1.1.1.2']],
  ['HTTP', { transport: 'http' }, ['1.1.1.1', '::1', '1.1.1.2']],
] as const) {
  test(`the way by ${what}: addresses in their order`, () => {
    const { addresses } = chooseWay(addressesForCalls(TOLD), options, platform, Date.now)
    assert.deepEqual(hosts(addresses), expected)
  })
}

for (const [name, options] of [
  ["framing: 'full'", { framing: 'full' }],
  ["transport: 'http'", { transport: 'http' }],
  ["transport: 'websocket'", { transport: 'websocket' }],
] as const) {
  test(`an option that leaves no address is refused: ${name}`, () => {
    const hidden = [{ host: '1.1.1.3', port: 443, obfuscation: { secret: new Uint8Array(16) } }]
    const refusal = {
      code: 'OPTION_INVALID',
      message: new RegExp(`^With ${name} no address .*1\\.1\\.1\\.3`),
    }
    assert.throws(() => chooseWay(hidden, options, platform, Date.now), refusal)
  })
}
