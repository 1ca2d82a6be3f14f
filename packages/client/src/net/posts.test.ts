import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { dialNodePosts } from './node-posts.ts'
import { dialPosts } from './posts.ts'
import type { Dial, Transport } from './transport.ts'

type Answer = (response: ServerResponse, body: string) => void

/** Dials a server that answers each POST like this, and records what the transport reports. */
async function dialledBy(dial: Dial, answer: Answer) {
  const told: (string | number)[] = []
  const asked: (string | undefined)[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (request.method !== 'POST') return void response.writeHead(204).end()
    let body = ''
    for await (const chunk of request) body += chunk
    answer(response, body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const transport: Transport = await dial(
    { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    {
      onBytes: (chunk) => void told.push(Buffer.from(chunk).toString()),
      onTransportError: (code) => void told.push(code),
      onUnanswered: () => void told.push('unanswered'),
      onClosed: (cause) => void told.push(cause ? 'broken' : 'closed'),
    },
    new AbortController().signal,
  )
  const send = (text: string) => transport.send(Buffer.from(text))
  const close = () => {
    transport.close()
    server.close()
    server.closeAllConnections()
  }
  return { send, close, told, asked }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

for (const [name, dial] of [
  ['fetch', dialPosts],
  ['Node', dialNodePosts],
] as const) {
  const dialled = (answer: Answer) => dialledBy(dial, answer)

  test(`${name}: each packet is the body of a POST to the browser path, and each answer is a packet`, async () => {
    const { send, close, told, asked } = await dialled((response, body) => response.end(`re: ${body}`))
    send('one')
    await until(() => told.length === 1)
    assert.deepEqual(told, ['re: one'])
    assert.deepEqual(asked, ['OPTIONS /apiw', 'POST /apiw'])
    close()
  })

  test(`${name}: at most six POSTs wait at the same time`, async () => {
    const waiting: ServerResponse[] = []
    const { send, close, told } = await dialled((response) => void waiting.push(response))
    for (let i = 0; i < 10; i++) send(String(i))
    await until(() => waiting.length === 6)
    await new Promise((resolve) => setTimeout(resolve, 30))
    assert.equal(waiting.length, 6)
    waiting[0]?.end('answer')
    await until(() => waiting.length === 7)
    assert.deepEqual(told, ['answer'])
    close()
  })

  test(`${name}: a status is reported as its transport error, and the next packet goes out`, async () => {
    const { send, close, told } = await dialled((response, body) => response.writeHead(Number(body)).end())
    send('404')
    await until(() => told.length === 1)
    send('429')
    await until(() => told.length === 2)
    assert.deepEqual(told, [-404, -429])
    close()
  })

  test(`${name}: a server that goes away or never ends an answer is reported once`, async () => {
    const endings: readonly Answer[] = [
      (response) => response.destroy(),
      (response) => {
        response.on('error', () => undefined)
        const pour = () => {
          while (!response.destroyed && response.write(Buffer.alloc(256 * 1024)));
        }
        response.on('drain', pour)
        pour()
      },
    ]
    for (const ending of endings) {
      const { send, close, told } = await dialled(ending)
      for (let i = 0; i < 3; i++) send(String(i))
      await until(() => told.includes('broken'))
      await new Promise((resolve) => setTimeout(resolve, 20))
      close()
      // The first of Node's goes over the connection that was dialled with.
      const ends = told.filter((each) => each !== 'unanswered')
      assert.deepEqual(ends, ['broken'])
    }
  })

  test(`${name}: closing our own side reports nothing`, async () => {
    const { send, close, told } = await dialled(() => undefined)
    send('one')
    await new Promise((resolve) => setTimeout(resolve, 20))
    close()
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepEqual(told, [])
  })
}

test('Node: a kept connection that ends without an answer is reported, and its packet is not sent again', async () => {
  const bodies: string[] = []
  const { send, close, told, asked } = await dialledBy(dialNodePosts, (response, body) => {
    bodies.push(body)
    if (body === 'lost') response.destroy()
    else response.end(`re: ${body}`)
  })
  send('one')
  await until(() => told.length === 1)
  send('lost')
  await until(() => told.length === 2)
  send('two')
  await until(() => told.length === 3)
  assert.deepEqual(told, ['re: one', 'unanswered', 're: two'])
  assert.deepEqual(bodies, ['one', 'lost', 'two'])
  assert.equal(asked.filter((each) => each?.startsWith('OPTIONS')).length, 1, 'nothing is dialled again')
  close()
})
