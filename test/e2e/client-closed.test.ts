import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { after, before, test } from 'node:test'
import { acceptLogin, memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'

let server: CablegramServer

before(async () => {
  server = await startServer({ store: 'memory' })
})
after(() => server.close())

const CLOSED = { name: 'ConnectionError', code: 'CLIENT_CLOSED' }
const forever = () => new Promise<never>(() => {})

/** Runs `act` on a client, closes the client once `isWaiting`, and checks how `act` ended. */
async function closedWhile(
  client: TelegramClient,
  act: (client: TelegramClient) => Promise<unknown>,
  isWaiting: Promise<unknown>,
): Promise<void> {
  const rejected = assert.rejects(act(client), CLOSED)
  await isWaiting
  await client.close()
  await rejected
}

/** A prompt that never answers, and the moment of its call. */
function silentPrompt() {
  let onAsked = () => {}
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve
  })
  const prompt = () => {
    onAsked()
    return forever()
  }
  return { asked, prompt }
}

function client(more: object = {}) {
  return new TelegramClient(memorySession(), { server: server.info, ...more })
}

test('start() rejects when the client is closed while a prompt waits', async () => {
  const phone = silentPrompt()
  await closedWhile(client(), (each) => each.start({ phone: phone.prompt }), phone.asked)
  const code = silentPrompt()
  const number = async () => '+9996627001'
  await closedWhile(client(), (each) => each.start({ phone: number, code: code.prompt }), code.asked)
})

test('a login() action rejects if the client is closed during it or before it', async () => {
  const closing = client()
  const login = await closing.login()
  await closedWhile(closing, () => login.act('sendCode', { phoneNumber: '+9996627002' }), Promise.resolve())
  await assert.rejects(login.act('exportLoginToken'), CLOSED)
  await assert.rejects(acceptLogin(closing, 'tg://login?token=AQID'), CLOSED)
  await assert.rejects(closing.login(), CLOSED)
  await assert.rejects(closing.start(), CLOSED)
})

test('a call that waits out a flood rejects', async () => {
  const { id } = server.faults.add({ method: 'help.getConfig', error: { code: 420, type: 'FLOOD_WAIT_30' } })
  const waiting = client({ floodWaitMaxS: 60 })
  await waiting.connect()
  const asked = new Promise((resolve) => setTimeout(resolve, 50))
  await closedWhile(waiting, (each) => each.help.getConfig(), asked)
  server.faults.remove(id)
})

test('connecting to a silent console or server rejects', async () => {
  const silent = http.createServer(() => {})
  const mute = net.createServer((socket) => {
    socket.on('error', () => {}).on('end', () => socket.destroy())
    socket.resume()
  })
  const ports = [silent, mute].map(async (each) => {
    each.listen(0, '127.0.0.1')
    await once(each, 'listening')
    return (each.address() as net.AddressInfo).port
  })
  const [consolePort = 0, port = 0] = await Promise.all(ports)
  const dc = { ...server.info.dcs[0], id: 2, host: '127.0.0.1', port }
  const options = [{ server: `http://127.0.0.1:${consolePort}` }, { server: { ...server.info, dcs: [dc] } }]
  try {
    for (const [index, option] of options.entries()) {
      const heard = once(index === 0 ? silent : mute, 'connection')
      await closedWhile(client(option), (each) => each.start(), heard)
    }
  } finally {
    silent.closeAllConnections()
    silent.close()
    mute.close()
  }
})
