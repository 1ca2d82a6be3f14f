/** The page of the tests: what a user of the client would write, with a handle for the test to pull. */
import { indexedDbSession, memorySession, RpcError, SessionError, TelegramClient } from '@cablegram/client'
import { loginDialog, loginForm } from '@cablegram/client/form'

let client
let running
let stored
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

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
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
  async stateOpen(name) {
    stored = indexedDbSession(name)
    await stored.open()
    await stored.state.open()
  },
  stateGet: (key) => stored.state.get(key),
  stateWrite: (changes) => stored.state.write(new Map(changes)),
  /** The database as it was before sessions had states. */
  async makeOldDatabase() {
    await done(indexedDB.deleteDatabase('cablegram'))
    const request = indexedDB.open('cablegram', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('sessions').put('as before', 'old')
    const database = await done(request)
    database.close()
  },
  async textOfOld() {
    const database = await done(indexedDB.open('cablegram'))
    const text = await done(database.transaction('sessions').objectStore('sessions').get('old'))
    database.close()
    return text
  },
  async stateClose() {
    await stored.state.close()
    await stored.close()
  },
  /** Opens a session under a passphrase, changes what is given, and gives what is there. */
  sealed: (name, passphrase, key, text) =>
    timed(async () => {
      const session = indexedDbSession(name, { passphrase })
      const found = await session.open()
      try {
        await session.state.open()
        if (text !== undefined) {
          await session.write(text)
          await session.state.write(new Map([[key, text]]))
        }
        return { found, state: await session.state.get(key) }
      } finally {
        await session.state.close()
        await session.close()
      }
    }),
  /** Everything that the databases of the page hold, as text. */
  async allStored() {
    const database = await done(indexedDB.open('cablegram'))
    const all = []
    for (const name of database.objectStoreNames) {
      const store = database.transaction(name).objectStore(name)
      all.push(await done(store.getAllKeys()), await done(store.getAll()))
    }
    database.close()
    return JSON.stringify(all)
  },
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
