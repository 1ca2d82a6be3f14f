/** The page of the tests: what a user of the client would write, with a handle for the test to pull. */
import { indexedDbSession, memorySession, RpcError, SessionError, TelegramClient } from '@cablegram/client'
import { loginDialog, loginForm } from '@cablegram/client/form'

let client
let running
const updates = []

function told(error) {
  const { name, code, type, message } = error
  // A minifier takes the names of classes.
  const kind = error instanceof RpcError ? 'RpcError' : error instanceof SessionError ? 'SessionError' : ''
  return { kind, name, code, type, message }
}

/** The answer of an action and its time, or its error. */
async function timed(action) {
  const startedMs = performance.now()
  try {
    const value = await action()
    return { value, ms: Math.round(performance.now() - startedMs) }
  } catch (error) {
    return { error: told(error), ms: Math.round(performance.now() - startedMs) }
  }
}

const plain = (value) =>
  JSON.parse(JSON.stringify(value ?? null, (_, each) => (typeof each === 'bigint' ? String(each) : each)))

globalThis.page = {
  updates,
  open(options, session) {
    client = new TelegramClient(session === undefined ? memorySession() : session, options)
    client.onUpdate((update) => updates.push(plain(update)))
    return timed(() => client.connect())
  },
  openStored: (options, name) => globalThis.page.open(options, indexedDbSession(name)),
  call: (method, params) => timed(async () => plain(await client.call(method, params))),
  app: () => client.app,
  close: () => timed(() => client.close()),
  /** Starts without waiting for the end. */
  startForm() {
    const ask = loginForm(document.querySelector('main'))
    running = timed(async () => plain(await client.start({ ask: withHandle(ask) })))
  },
  startDialog(options) {
    running = timed(async () => plain(await client.start(options && { ask: loginDialog(options) })))
  },
  startPrompts: (answers) =>
    timed(async () => {
      const prompts = Object.entries(answers).map(([name, answer]) => [name, async () => answer])
      return plain(await client.start(Object.fromEntries(prompts)))
    }),
  ended: () => running,
  state: () => globalThis.page.login.state,
}

/** Keeps the login at hand beside the form. */
function withHandle(face) {
  return (login, surroundings) => {
    globalThis.page.login = login
    return face(login, surroundings)
  }
}
