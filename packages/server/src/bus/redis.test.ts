import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { StartTimer } from '../ground/clock.ts'
import type { Nudge } from './nudge.ts'
import { openRedisBus, type RedisBusOptions } from './redis.ts'

const CHANNEL = 'cablegram:test'

/** A Redis that knows what a bus needs of one. */
async function startRedis({ password, port = 0 }: { password?: string; port?: number } = {}) {
  const sockets = new Set<Socket>()
  const subscribed = new Map<Socket, string>()
  const published: string[] = []
  let isDeaf = false
  let isHeld = false

  function answer(socket: Socket, [name = '', ...args]: readonly string[], isIn: { value: boolean }): string {
    const [first = '', second = ''] = args
    switch (name.toUpperCase()) {
      case 'AUTH':
        isIn.value = args.at(-1) === password
        return isIn.value ? '+OK\r\n' : '-WRONGPASS invalid username-password pair or user is disabled.\r\n'
      case 'SUBSCRIBE':
        if (!isIn.value) break
        subscribed.set(socket, first)
        return `*3\r\n${bulk('subscribe')}${bulk(first)}:1\r\n`
      case 'PUBLISH':
        if (!isIn.value) break
        published.push(second)
        for (const [other, channel] of subscribed) {
          if (channel === first && !isDeaf)
            other.write(`*3\r\n${bulk('message')}${bulk(first)}${bulk(second)}`)
        }
        return ':1\r\n'
      default:
        if (isIn.value) return '-ERR unknown command\r\n'
    }
    return '-NOAUTH Authentication required.\r\n'
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    const isIn = { value: password === undefined }
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
      if (isHeld) return
      for (let next = readCommand(text); next !== undefined; next = readCommand(text)) {
        text = text.slice(next.length)
        socket.write(answer(socket, next.command, isIn))
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      subscribed.delete(socket)
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const at = (server.address() as AddressInfo).port
  return {
    port: at,
    url: (userInfo = '') => `redis://${userInfo}127.0.0.1:${at}`,
    published,
    say: (text: string) => {
      for (const [socket, channel] of subscribed) {
        socket.write(`*3\r\n${bulk('message')}${bulk(channel)}${bulk(text)}`)
      }
    },
    setDeaf: (is: boolean) => {
      isDeaf = is
    },
    hold: () => {
      isHeld = true
    },
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    async stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`
}

/** The first command in a text of RESP arrays; undefined while it is not complete. */
function readCommand(text: string): { command: string[]; length: number } | undefined {
  const lines = text.split('\r\n')
  const count = Number(/^\*(\d+)$/.exec(lines[0] ?? '')?.[1])
  if (Number.isNaN(count) || lines.length < 2 * count + 2) return undefined
  const used = lines.slice(0, 2 * count + 1)
  return {
    command: used.filter((_, index) => index > 0 && index % 2 === 0),
    length: used.join('\r\n').length + 2,
  }
}

async function openNode(
  url: string,
  nodeId: string,
  time: Pick<RedisBusOptions, 'nowMs' | 'startTimer'> = {},
) {
  const heard: Nudge[] = []
  const troubles: (string | undefined)[] = []
  const onTrouble = (trouble: string | undefined) => troubles.push(trouble)
  const bus = await openRedisBus({ url, channel: CHANNEL, nodeId, onTrouble, ...time })
  bus.subscribe((nudge) => heard.push(nudge))
  return { bus, heard, troubles }
}

/** A clock with timers that a test moves, a beat of the bus at a time. */
function createTime() {
  let nowMs = 0
  let timers: { readonly run: () => void; readonly atMs: number }[] = []
  const startTimer: StartTimer = (run, ms) => {
    const timer = { run, atMs: nowMs + ms }
    timers.push(timer)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }
  return {
    nowMs: () => nowMs,
    startTimer,
    /** Sockets have their turn after each step. */
    async pass(ms: number) {
      for (const endMs = nowMs + ms; nowMs < endMs; await wait(20)) {
        nowMs += 250
        for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
          timers = timers.filter((other) => other !== timer)
          timer.run()
        }
      }
    },
  }
}

/** Waits for an event of a socket; the test's own time limit ends a wait for nothing. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await wait(5)
}

const key = (authKeyId: string): Nudge => ({ kind: 'key', authKeyId })

test('a nudge reaches this node at once and the others once', async (t) => {
  const redis = await startRedis()
  const [one, two] = [await openNode(redis.url(), 'one'), await openNode(redis.url(), 'two')]
  t.after(() => Promise.all([one.bus.close(), two.bus.close()]).then(() => redis.stop()))
  one.bus.publish([key('1')])
  assert.deepEqual(one.heard, [key('1')], 'before publish returns')
  two.bus.publish([key('2')])
  await until(() => two.heard.length === 2 && one.heard.length === 2)
  assert.deepEqual(one.heard, [key('1'), key('2')])
  assert.deepEqual(two.heard, [key('2'), key('1')])
  assert.deepEqual(one.bus.health(), { kind: 'redis', trouble: undefined })
})

test('a message that was lost on the way is missed at the next one, and one that comes again or late does no harm', async (t) => {
  const redis = await startRedis()
  const [one, two] = [await openNode(redis.url(), 'one'), await openNode(redis.url(), 'two')]
  t.after(() => Promise.all([one.bus.close(), two.bus.close()]).then(() => redis.stop()))
  const say = (n: number, id: string) => redis.say(JSON.stringify({ node: 'far', n, nudges: [key(id)] }))
  for (const [n, id] of [
    [7, 'a'],
    [8, 'b'],
    [8, 'b'],
    [7, 'a'],
    [11, 'c'],
    [10, 'd'],
    [12, 'e'],
  ] as const) {
    say(n, String(id.charCodeAt(0)))
  }
  await until(() => one.heard.length === 8 && two.heard.length === 8)
  const anything = { kind: 'anything' } as const
  const [a, b, c, d, e] = ['97', '98', '99', '100', '101'].map(key)
  assert.deepEqual(one.heard, [a, b, b, a, c, anything, d, e])
  const before = one.heard.length
  redis.setDeaf(true)
  two.bus.publish([key('1')])
  await until(() => redis.published.some((message) => message.includes('"1"')))
  redis.setDeaf(false)
  await until(() => one.heard.length > before)
  assert.deepEqual(one.heard.slice(before), [anything], 'the next beat shows that one is missing')
})

test('many nudges travel in messages of a bounded size', async (t) => {
  const redis = await startRedis()
  const [one, two] = [await openNode(redis.url(), 'one'), await openNode(redis.url(), 'two')]
  t.after(() => Promise.all([one.bus.close(), two.bus.close()]).then(() => redis.stop()))
  one.bus.publish(Array.from({ length: 1_000 }, () => key('-9223372036854775808')))
  await until(() => two.heard.length === 1_000)
  assert.ok(redis.published.every((message) => message.length < 16_384))
})

test('messages of other versions and of strangers do no harm', async (t) => {
  const redis = await startRedis()
  const { bus, heard } = await openNode(redis.url(), 'one')
  t.after(() => bus.close().then(() => redis.stop()))
  redis.say('not JSON')
  redis.say(
    JSON.stringify({ node: 'new', nudges: [{ kind: 'ofTomorrow' }, { kind: 'key', authKeyId: 7 }, null] }),
  )
  redis.say(`{"node":"large","nudges":[],"x":"${'x'.repeat(70_000)}"}`)
  redis.say(
    JSON.stringify({ node: 'new', nudges: [{ kind: 'key', authKeyId: '7', more: 1 }], of: 'tomorrow' }),
  )
  await until(() => heard.length > 0)
  assert.deepEqual(heard, [{ kind: 'key', authKeyId: '7', more: 1 }])
})

test('a node whose Redis is away polls, and reads everything once when it is back', async (t) => {
  const redis = await startRedis()
  const { bus, heard, troubles } = await openNode(redis.url(), 'one')
  await redis.stop()
  await until(() => heard.length > 0)
  assert.deepEqual(heard, [{ kind: 'anything' }])
  assert.match(String(troubles[0]), /^the Redis at 127\.0\.0\.1:\d+ is away/)
  bus.publish([key('1')])
  assert.equal(heard.length, 2, 'this node hears of its own')
  const again = await startRedis({ port: redis.port })
  t.after(() => bus.close().then(() => again.stop()))
  await until(() => troubles.at(-1) === undefined)
  assert.deepEqual(heard.at(-1), { kind: 'anything' })
  assert.deepEqual(bus.health(), { kind: 'redis', trouble: undefined })
})

test('connections that were cut are made again, and the others read everything once', async (t) => {
  const redis = await startRedis()
  const [one, two] = [await openNode(redis.url(), 'one'), await openNode(redis.url(), 'two')]
  t.after(() => Promise.all([one.bus.close(), two.bus.close()]).then(() => redis.stop()))
  redis.cut()
  await until(() => one.troubles.length > 0 && one.troubles.at(-1) === undefined)
  await until(() => two.troubles.length > 0 && two.troubles.at(-1) === undefined)
  one.bus.publish([key('1')])
  await until(() => two.heard.some(({ kind }) => kind === 'key'))
  assert.ok(two.heard.some(({ kind }) => kind === 'anything'))
})

test('a Redis that takes messages and delivers none counts as away', async (t) => {
  const redis = await startRedis()
  const time = createTime()
  const { bus, troubles } = await openNode(redis.url(), 'one', time)
  t.after(() => bus.close().then(() => redis.stop()))
  await time.pass(5_000)
  assert.deepEqual(troubles, [])
  redis.setDeaf(true)
  await time.pass(2_000)
  assert.ok(troubles[0])
  redis.setDeaf(false)
  await time.pass(2_000)
  assert.equal(troubles.at(-1), undefined)
})

test('a node polls while another is silent, and not after its goodbye', async (t) => {
  const redis = await startRedis()
  const time = createTime()
  const { bus, heard, troubles } = await openNode(redis.url(), 'one', time)
  t.after(() => bus.close().then(() => redis.stop()))
  redis.say(JSON.stringify({ node: 'killed', nudges: [] }))
  await time.pass(2_000)
  assert.deepEqual([troubles, heard[0]?.kind], [['node killed is silent on the bus'], 'anything'])
  bus.setOthers(new Map())
  assert.deepEqual(troubles.slice(1), [undefined])
  const other = await openNode(redis.url(), 'two')
  await other.bus.close()
  await time.pass(2_000)
  assert.equal(troubles.length, 2)
})

test('a node polls while one that runs is not on its bus', async (t) => {
  const redis = await startRedis()
  const time = createTime()
  const { bus, heard, troubles } = await openNode(redis.url(), 'one', time)
  t.after(() => bus.close().then(() => redis.stop()))
  bus.setOthers(new Map([['elsewhere', 3]]))
  assert.deepEqual(troubles, [], 'it has a moment to be heard')
  await time.pass(2_000)
  assert.deepEqual([troubles, heard[0]?.kind], [['node 3 is silent on the bus'], 'anything'])
  redis.say(JSON.stringify({ node: 'elsewhere', nudges: [] }))
  await until(() => troubles.length === 2)
  assert.equal(troubles[1], undefined)
})

test('a Redis that takes connections and answers nothing holds up neither start nor end', async (t) => {
  const redis = await startRedis()
  t.after(() => redis.stop())
  const time = createTime()
  const { bus } = await openNode(redis.url(), 'one', time)
  redis.hold()
  const closing = bus.close()
  await time.pass(2_000)
  await closing
  const opening = openNode(redis.url(), 'two', time)
  const refused = assert.rejects(opening, { code: 'BUS_UNREACHABLE', message: /\(no answer\): start it/ })
  await time.pass(8_000)
  await refused
})

test('a start without a usable Redis is refused with the next step', async (t) => {
  const redis = await startRedis({ password: 'right' })
  t.after(() => redis.stop())
  const refused = (url: string) =>
    assert.rejects(openNode(url, 'one'), (error: { code?: string; message: string }) => {
      assert.doesNotMatch(error.message, /wrong|right/)
      t.diagnostic(error.message)
      assert.match(error.message, /127\.0\.0\.1:\d+/)
      return error.code === expected
    })
  let expected = 'BUS_PASSWORD'
  await refused(redis.url())
  await refused(redis.url(':wrong@'))
  const { bus } = await openNode(redis.url(':right@'), 'one')
  await bus.close()
  expected = 'BUS_UNREACHABLE'
  await refused('redis://127.0.0.1:1')
  await assert.rejects(openNode('postgres://x', 'one'), { code: 'BUS_INVALID' })
})
