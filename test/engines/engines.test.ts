/** The engines that the other tests of this folder start, and the proxy before them. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import pg from 'pg'
import { startPostgres, startProxy, startRedis } from './index.ts'

const postgres = await startPostgres()
const redis = await startRedis({ password: 'open sesame' })
after(() => Promise.all([postgres.close(), redis.close()]))

/** @param withinMs generous where an answer comes: this process may be kept waiting */
async function askAt(url: string, withinMs = 60_000): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, query_timeout: withinMs })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query('SELECT 1 AS one')).rows[0]?.one
  } finally {
    // A connection whose other end is silent never finishes its goodbye.
    void client.end()
  }
}

test('PostgreSQL answers, keeps its data over a kill, and is gone while it is stopped', async () => {
  const name = await postgres.createDatabase()
  await postgres.query('CREATE TABLE kept AS SELECT 7 AS n', name)
  await postgres.kill()
  await assert.rejects(postgres.query('SELECT 1'), { code: 'ECONNREFUSED' })
  await postgres.start()
  assert.deepEqual(await postgres.query('SELECT n FROM kept', name), [{ n: 7 }])
  assert.deepEqual(await postgres.query('SHOW synchronous_commit'), [{ synchronous_commit: 'on' }])
})

test('a proxy passes, delays, cuts, refuses and swallows, and passes again', async (t) => {
  const proxy = await startProxy(postgres)
  t.after(() => proxy.close())
  const url = postgres.url('postgres', proxy.port)
  assert.equal(await askAt(url), 1)
  proxy.delay(5)
  assert.equal(await askAt(url), 1)
  proxy.restore()
  proxy.watch(({ direction, chunk }) => (direction === 'up' && chunk.includes('SELECT 1') ? 'cut' : 'pass'))
  await assert.rejects(askAt(url))
  proxy.restore()
  proxy.refuse()
  await assert.rejects(askAt(url))
  proxy.restore()
  proxy.watch(({ direction, chunk }) =>
    direction === 'up' && chunk.includes('SELECT 1') ? 'swallow' : 'pass',
  )
  await assert.rejects(askAt(url, 300), /timeout/i)
  proxy.restore()
  assert.equal(await askAt(url), 1)
})

test('Redis asks for its password', async () => {
  assert.equal(redis.url({ password: 'x' }), `redis://:x@127.0.0.1:${redis.port}`)
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(redis.port, '127.0.0.1', () => socket.write('AUTH "open sesame"\r\nPING\r\n'))
    let text = ''
    socket.on('data', (chunk) => {
      text += String(chunk)
      if (text.includes('PONG')) socket.end()
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(text))
  })
  assert.equal(answer, '+OK\r\n+PONG\r\n')
})
