import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { machineTimer, type StartTimer } from '../../ground/clock.ts'
import { type Address, Hosts, isHostEntry } from './hosts.ts'
import { askNameServers, type LookUp, sharedLookUp } from './look-up.ts'
import { openWebFiles, type WebParts } from './open-web-files.ts'
import { WebFileError, type WebTrouble } from './port.ts'

const MAX_BYTES = 1000

/** A host on loopback for one test, and its port. */
async function host(
  answer: RequestListener,
  address = '127.0.0.1',
): Promise<{ readonly port: number; close(): void }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const { port } = server.address() as AddressInfo
  return { port, close: () => void server.close().closeAllConnections() }
}

const LOOPBACK: Address = { address: '127.0.0.1', family: 4 }

interface Loaded {
  readonly name: string
  readonly mime: string
  readonly bytes: string
}

function load(url: string, parts: Partial<WebParts>): Promise<Loaded> {
  const web = openWebFiles({ hosts: [], startTimer: machineTimer, ...parts })
  return web.using(url, MAX_BYTES, async ({ name, mime, bytes }) => {
    const pieces: Uint8Array[] = []
    for await (const piece of bytes) pieces.push(piece)
    return { name, mime, bytes: Buffer.concat(pieces).toString() }
  })
}

const fails =
  (trouble: WebTrouble) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof WebFileError, String(error))
    assert.equal(error.trouble, trouble, error.message)
    return true
  }

test('entries name places by name, by address and by network', () => {
  const good = ['example.org', 'Example.org:8080', '*.example.org', '*', 'localhost:80', '127.0.0.1']
  const alsoGood = ['10.0.0.0/8', '[::1]:8080', '::1', 'fd00::/8', '[fd00::]/8:443']
  for (const entry of [...good, ...alsoGood]) assert.ok(isHostEntry(entry), entry)
  const bad = [
    '',
    'http://example.org',
    'example.org/8',
    'a b',
    '10.0.0.0/33',
    'example.org:0',
    'x:70000',
    '*.*',
  ]
  for (const entry of bad) assert.ok(!isHostEntry(entry), entry)
})

test('a URL is allowed by its name or address, and its port', () => {
  const rows: readonly [entry: string, url: string, isAllowed: boolean][] = [
    ['example.org', 'https://example.org/a', true],
    ['example.org', 'http://EXAMPLE.org./a', true],
    ['example.org', 'http://example.org:8080/a', false],
    ['example.org', 'http://example.org.evil.net/a', false],
    ['example.org', 'http://www.example.org/a', false],
    ['example.org:8080', 'http://example.org:8080/a', true],
    ['example.org:8080', 'http://example.org/a', false],
    ['*.example.org', 'http://a.b.example.org/a', true],
    ['*.example.org', 'http://example.org/a', false],
    ['*.example.org', 'http://notexample.org/a', false],
    ['*', 'http://anything.net/a', true],
    ['*', 'http://127.0.0.1/a', false],
    ['*', 'http://[::1]/a', false],
    ['127.0.0.0/8', 'http://0x7f.1/a', true],
    ['127.0.0.1', 'http://127.0.0.2/a', false],
    ['::1', 'http://[::1]/a', true],
  ]
  for (const [entry, url, isAllowed] of rows) {
    assert.equal(new Hosts([entry]).allows(new URL(url)), isAllowed, `${entry} ${url}`)
  }
})

test('names lead to public addresses only, but for those that are named', () => {
  const address = (text: string): Address => ({ address: text, family: text.includes(':') ? 6 : 4 })
  const allows = (entries: readonly string[], name: string, text: string): boolean =>
    new Hosts(entries).allowsAddress(new URL(`http://${name}/`), address(text))
  const secret = [
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '192.168.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
  ]
  const secret6 = [
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
  ]
  for (const each of [...secret, ...secret6]) assert.ok(!allows(['*'], 'example.org', each), each)
  for (const each of ['93.184.216.34', '2606:4700::1']) assert.ok(allows(['*'], 'example.org', each), each)
  assert.ok(allows(['example.org', '10.0.0.0/8'], 'example.org', '10.1.2.3'))
  assert.ok(allows(['localhost'], 'localhost', '127.0.0.1'))
  assert.ok(allows(['localhost'], 'localhost', '::1'))
  assert.ok(!allows(['localhost'], 'localhost', '10.1.2.3'))
})

test('* leads to no address of this machine, also if it is one of the internet, unless that is named', () => {
  const own: readonly Address[] = [
    { address: '93.184.216.34', family: 4 },
    { address: '2606:4700:0:0::1', family: 6 },
  ]
  const allows = (entries: readonly string[], text: string): boolean =>
    new Hosts(entries, () => own).allowsAddress(new URL('http://example.org/'), {
      address: text,
      family: text.includes(':') ? 6 : 4,
    })
  for (const text of ['93.184.216.34', '2606:4700::1']) {
    assert.ok(!allows(['*'], text), text)
    assert.ok(allows(['*', text], text), text)
  }
  assert.ok(allows(['*'], '93.184.216.35'))
})

test('loads a file, by redirects, with its name and type', async (t) => {
  const web = await host((request, answer) => {
    if (request.url === '/old') answer.writeHead(302, { location: '/new/%C3%A4.txt?x=1' }).end()
    else answer.writeHead(200, { 'content-type': 'Text/Plain; charset=utf-8' }).end(request.headers.host)
  })
  t.after(() => web.close())
  const hosts = [`files.test:${web.port}`, `127.0.0.1:${web.port}`]
  const lookUp = async () => [LOOPBACK]
  const loaded = await load(`http://files.test:${web.port}/old`, { hosts, lookUpNamed: lookUp })
  assert.deepEqual(loaded, { name: 'ä.txt', mime: 'text/plain', bytes: `files.test:${web.port}` })
})

test('connects to the address that was checked, and looks a name up once', async (t) => {
  const web = await host(({ socket }, answer) => answer.end(socket.localAddress), '0.0.0.0')
  t.after(() => web.close())
  let lookUps = 0
  const inner: Address = { address: '127.0.0.2', family: 4 }
  const lookUp = async () => (++lookUps === 1 ? [inner, LOOPBACK] : [inner])
  const hosts = [`files.test:${web.port}`, `127.0.0.1:${web.port}`]
  const { bytes } = await load(`http://files.test:${web.port}/a`, { hosts, lookUpNamed: lookUp })
  assert.deepEqual([bytes, lookUps], ['127.0.0.1', 1])
  const never = load(`http://files.test:${web.port}/a`, {
    hosts: [`other.test:${web.port}`],
    lookUpNamed: lookUp,
  })
  await assert.rejects(never, fails('notLoaded'))
  assert.equal(lookUps, 1, 'a name that is not allowed is not looked up')
  const inside = load(`http://files.test:${web.port}/a`, {
    hosts: [`files.test:${web.port}`],
    lookUpNamed: async () => [LOOPBACK],
  })
  await assert.rejects(inside, fails('notLoaded'), 'a name that leads inside')
})

test('follows redirects to allowed hosts only, and not for ever', async (t) => {
  const inside = await host((_, answer) => answer.end('secret'))
  const web = await host((request, answer) => {
    const away: Readonly<Record<string, string>> = {
      '/round': '/round',
      '/ftp': 'ftp://127.0.0.1/',
      '/named': `http://a:b@127.0.0.1:${web.port}/`,
      '/long': `/${'a'.repeat(2048)}`,
    }
    const location = away[request.url ?? ''] ?? `http://127.0.0.1:${inside.port}/`
    answer.writeHead(301, { location }).end()
  })
  t.after(() => [web.close(), inside.close()])
  const hosts = [`127.0.0.1:${web.port}`]
  for (const path of ['/in', '/round', '/ftp', '/named', '/long']) {
    await assert.rejects(load(`http://127.0.0.1:${web.port}${path}`, { hosts }), fails('notLoaded'), path)
  }
})

test('refuses what is no address of a file', async () => {
  const long = `http://example.org/${'a'.repeat(2048)}`
  for (const url of [
    '',
    'a.png',
    'ftp://example.org/a',
    'file:///etc/passwd',
    'http://a:b@example.org/',
    long,
  ]) {
    await assert.rejects(load(url, { hosts: ['*'] }), fails('badUrl'), url)
  }
})

test('refuses long, empty, packed, broken and missing files', async (t) => {
  const answers: Readonly<Record<string, RequestListener>> = {
    '/said': (_, answer) => answer.writeHead(200, { 'content-length': MAX_BYTES + 1 }).write('a'),
    '/unsaid': (_, answer) => answer.end('a'.repeat(MAX_BYTES + 1)),
    '/empty': (_, answer) => answer.end(),
    '/packed': (_, answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end('a'),
    '/broken': (_, answer) =>
      answer.writeHead(200, { 'content-length': 9 }).write('a', () => answer.destroy()),
    '/none': (_, answer) => answer.writeHead(404).end('no such file'),
    '/other': ({ socket }) =>
      socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
  }
  const web = await host((request, answer) => answers[request.url ?? '']?.(request, answer))
  t.after(() => web.close())
  const at = (path: string) =>
    load(`http://127.0.0.1:${web.port}${path}`, { hosts: [`127.0.0.1:${web.port}`] })
  for (const path of ['/said', '/unsaid', '/empty']) await assert.rejects(at(path), fails('notMedia'), path)
  for (const path of ['/packed', '/broken', '/none', '/other']) {
    await assert.rejects(at(path), fails('notLoaded'), path)
  }
})

/** Timers that a test ends by hand, each known by its length. */
function handTimers() {
  const running = new Map<number, () => void>()
  const startTimer: StartTimer = (run, ms) => {
    running.set(ms, run)
    return () => void running.delete(ms)
  }
  return { startTimer, running, end: (ms: number) => running.get(ms)?.() }
}

test('ends when its time is over, and gives its timers back', async (t) => {
  const { startTimer, running, end } = handTimers()
  const web = await host((_, answer) => answer.writeHead(200).write('a', () => end(20_000)))
  t.after(() => web.close())
  const slow = load(`http://127.0.0.1:${web.port}/`, { hosts: [`127.0.0.1:${web.port}`], startTimer })
  await assert.rejects(slow, fails('notLoaded'))
  for (const ms of [5_000, 20_000]) {
    const silent = load('http://files.test/', {
      hosts: ['*'],
      startTimer,
      lookUpOther: () => new Promise(() => end(ms)),
    })
    await assert.rejects(silent, fails('notLoaded'))
  }
  assert.equal(running.size, 0)
})

test('names that the operator has not named are never searched for by the machine itself', async (t) => {
  const web = await host((_, answer) => answer.end('here'))
  t.after(() => web.close())
  const asked: string[] = []
  const saying =
    (who: string): LookUp =>
    async (name) => {
      asked.push(`${who} ${name}`)
      return [LOOPBACK]
    }
  const parts = { lookUpNamed: saying('machine'), lookUpOther: saying('name servers') }
  const hosts = [`files.test:${web.port}`, `*:${web.port}`, `*.test:${web.port}`, `127.0.0.1:${web.port}`]
  for (const name of ['files.test', 'other.test'])
    await load(`http://${name}:${web.port}/`, { hosts, ...parts })
  assert.deepEqual(asked, ['machine files.test', 'name servers other.test'])
})

test('one search of the machine serves all who ask for a name meanwhile', async () => {
  const searches: string[] = []
  let found = (_: readonly Address[]): void => assert.fail('no search')
  const lookUp = sharedLookUp((name) => {
    searches.push(name)
    return new Promise((resolve) => {
      found = resolve
    })
  })
  const { signal } = new AbortController()
  const both = [lookUp('files.test', signal), lookUp('files.test', signal)]
  found([LOOPBACK])
  assert.deepEqual(await Promise.all(both), [[LOOPBACK], [LOOPBACK]])
  const later = lookUp('files.test', signal)
  found([])
  assert.deepEqual([await later, searches.length], [[], 2])
})

test('name servers that do not answer are given up with the signal', async (t) => {
  const { bind, close, once: onceHeard } = silentNameServer()
  t.after(close)
  const aborted = new AbortController()
  const resolver = new Resolver({ timeout: 60_000, tries: 1 })
  resolver.setServers([`127.0.0.1:${await bind()}`])
  const asked = askNameServers('files.test', aborted.signal, resolver)
  await onceHeard()
  aborted.abort()
  await assert.rejects(asked, { code: 'ECANCELLED' })
})

function silentNameServer() {
  const socket = createSocket('udp4')
  return {
    async bind(): Promise<number> {
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
      return socket.address().port
    },
    once: () => new Promise<void>((resolve) => socket.once('message', () => resolve())),
    close: () => void socket.close(),
  }
}
