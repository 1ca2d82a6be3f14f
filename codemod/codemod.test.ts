import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { fromGramJs } from './src/gramjs.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const programs = join(here, 'programs')
/** Below the repository, so that the programs find the packages. */
const folder = mkdtempSync(join(here, 'run-'))
let server: CablegramServer

before(async () => {
  server = await startServer({ store: 'memory', apps: 'any' })
})

after(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const NAMES = readdirSync(programs).filter((name) => name.includes('.before.'))

function textOf(name: string): string {
  return readFileSync(join(programs, name), 'utf8')
}

test('each program becomes the one beside it, and a second run changes nothing', () => {
  assert.equal(NAMES.length, 5)
  for (const name of NAMES) {
    const rewritten = fromGramJs(textOf(name))
    const expected = textOf(name.replace('.before.', '.after.'))
    assert.equal(rewritten?.text, expected, name)
    assert.equal(fromGramJs(expected), undefined, name)
  }
})

test('what has no counterpart stays, below a comment that names a section of the guide', () => {
  const rewritten = fromGramJs(`import { TelegramClient } from 'telegram'
import { StringSession } from 'telegram/sessions'
export async function run(text: string, options: object, client: TelegramClient) {
  const other = new TelegramClient(new StringSession(text), 1, 'hash', options)
  if (text) {
    await client.sendMessage('me', options)
  }
  client.addEventHandler((event) => {
    const { chatId } = event
    return [chatId, other]
  }, new NewMessage({ func: () => true }))
  await client.signInUser({ apiId: 1, apiHash: '' }, {})
}
`)
  const guide = 'Guide "Coming from GramJS"'
  assert.deepEqual(
    rewritten?.todos.map(({ line, text }) => `${line}: ${text.replace(guide, 'Guide')}`),
    [
      '4: options have other names. Guide, Options',
      '4: convert the string once, with importSession. Guide, Sessions and login',
      '6: the options have other names. Guide, Every call',
      '8: the option func has another form, or none. Guide, Every call',
      '9: chatId is chat.id now. Guide, Every call',
      '12: signInUser has another form, or none. Guide, Every call',
    ],
  )
  assert.match(
    rewritten?.text ?? '',
    /\n {4}\/\/ TODO\(cablegram\): the options.*\n {4}await client\.sendMessage/,
  )
  const sections = readFileSync(new URL('../site/guides/from-gramjs.md', import.meta.url), 'utf8')
  for (const { text } of rewritten?.todos ?? []) {
    assert.ok(sections.includes(`\n## ${text.split(`${guide}, `)[1]}\n`), text)
  }
})

test('peers of requests, options and levels of logs, and members without a counterpart', () => {
  const rewritten = fromGramJs(`import { TelegramClient, Api } from 'telegram'
const client = new TelegramClient(session, 1, 'hash', {
  proxy: { ip: '127.0.0.1', port: 1080, socksType: 5, username: 'me' },
  connection: ConnectionTCPObfuscated,
  testServers: true,
  baseLogger: new Logger('debug'),
})
client.session.setDC(2, '149.154.167.40', 80)
client.setLogLevel('debug')
const full = await client.invoke(new Api.channels.GetFullChannel({ channel: 'durov' }))
function later() {
  return client.invoke(new Api.messages.GetHistory({ peer: 'durov' }))
}
for await (const message of client.iterMessages(full, {})) {
  console.log(message.views, message.photo, message.id)
  await message.getReplyMessage()
}
`)
  assert.match(
    rewritten?.text ?? '',
    /, proxy: \{ kind: 'socks5', host: '127\.0\.0\.1', port: 1080, user: 'me' \}, obfuscated: true, server: 'test' \}\)/,
  )
  assert.match(
    rewritten?.text ?? '',
    /getFullChannel\(\{ channel: \{ \.\.\.\(await client\.resolve\('@durov'\)\)\.inputPeer, _: 'inputChannel' \} \}\)/,
  )
  assert.deepEqual(
    rewritten?.todos.map(
      ({ line, text }) => `${line}: ${text.replace('Guide "Coming from GramJS"', 'Guide')}`,
    ),
    [
      '2: the option baseLogger has another form. Guide, Options',
      "8: the option server names the server: 'test', or an address. Guide, Options",
      '9: the option logger takes the lines of a log. Guide, Options',
      '12: a request takes no names: client.resolve(name) gives the inputPeer. Guide, Every call',
      '15: views is in raw, the TL value. Guide, Every call',
      '15: photo has another form, or none. Guide, Every call',
      '16: getReplyMessage has another form, or none. Guide, Every call',
    ],
  )
})

test('numbers that GramJS fills in, comments above whole statements, short names, and progress', () => {
  const rewritten = fromGramJs(`import { Api } from 'telegram'
export const run = async (client, media, show) => {
  await client.invoke(new Api.messages.GetStickerSet({ stickerset: new Api.InputStickerSetID({ id: 5 }) }))
  await client.invoke(new Api.contacts.GetContacts())
  await client.invoke(new Api.messages.ForwardMessages({ fromPeer: 'gif', id: [1], toPeer: 'me' }))
  if (media) client.setParseMode('html')
  else if (show) await client.isBot()
  await client.downloadMedia(media, { progressCallback: show })
  await client.downloadMedia(media, { outputFile: 'to', progressCallback(done, all) { show(done, all) } })
}
`)
  const todo = (text: string, section: string) =>
    `// TODO(cablegram): ${text}. Guide "Coming from GramJS", ${section}`
  assert.equal(
    rewritten?.text,
    `import {  } from '@cablegram/client'
export const run = async (client, media, show) => {
  await client.messages.getStickerSet({ stickerset: { _: 'inputStickerSetID', id: 5n, accessHash: 0n }, hash: 0 })
  await client.contacts.getContacts({ hash: 0n })
  ${todo('randomId takes a random bigint for each message', 'Values')}
  await client.messages.forwardMessages({ fromPeer: (await client.resolve('@gif')).inputPeer, id: [1], toPeer: { _: 'inputPeerSelf' } })
  ${todo('setParseMode has another form, or none', 'Every call')}
  ${todo('isBot has another form, or none', 'Every call')}
  if (media) client.setParseMode('html')
  else if (show) await client.isBot()
  ${todo('onProgress is told of bytes, done and in all, as numbers', 'Every call')}
  await Array.fromAsync(client.download(media, { onProgress: show })).then((parts) => Buffer.concat(parts))
  await client.download(media, 'to', { onProgress: function progressCallback(done, all) { show(done, all) } })
}
`,
  )
})

test('a program that does not use GramJS is left alone, and one that is no program is refused', () => {
  assert.equal(fromGramJs("import { TelegramClient } from 'other'"), undefined)
  assert.throws(() => fromGramJs("import { from 'telegram'"), SyntaxError)
})

test('the command rewrites files in their places, and says what is left', async () => {
  const file = join(folder, 'own.ts')
  writeFileSync(
    file,
    "import { TelegramClient } from 'telegram'\nexport const run = (client: TelegramClient) => client.isBot()\n",
  )
  const { stderr } = await promisify(execFile)(process.execPath, [join(here, 'src/main.ts'), 'gramjs', file])
  assert.match(stderr, /own\.ts: rewritten, 1 TODO\(cablegram\)\n {2}.*own\.ts:2: isBot has another form/)
  assert.match(readFileSync(file, 'utf8'), /^import \{ TelegramClient \} from '@cablegram\/client'\n/)
})

interface Started {
  readonly child: ChildProcess
  /** Everything that it printed. */
  readonly ended: Promise<string>
  readonly ready: Promise<void>
}

/** Starts a rewritten program on the test's server. */
function start(name: string, args: readonly string[] = [], text = textOf(name)): Started {
  const file = join(folder, name.replace('.js', '.cjs'))
  const address = `server: '${server.info.console}'`
  writeFileSync(
    file,
    text.replace(/new TelegramClient\(([\s\S]*?),?\s*\}\)/, `new TelegramClient($1, ${address} })`),
  )
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  let onReady = () => {}
  const ready = new Promise<void>((resolve) => {
    onReady = resolve
  })
  child.stdout.on('data', (chunk: Buffer) => {
    output += String(chunk)
    if (output.includes('ready\n')) onReady()
  })
  const ended = new Promise<string>((resolve, reject) => {
    child.on('exit', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`exit code ${code}: ${output}`)),
    )
  })
  return { child, ended, ready }
}

test('rewritten programs run: messages, lists and raw calls', async () => {
  const output = await start('messages.after.ts').ended
  assert.equal(
    output,
    'signed in true\nHello there\n1 Ada\na reply true\nchanged true\nfirst: changed\nagain: 1\nAda Lovelace\nUSERNAME_NOT_OCCUPIED\n',
  )
})

test('rewritten programs run: files both ways, in a module of CommonJS', async () => {
  const [from, to] = [join(folder, 'from.txt'), join(folder, 'to.txt')]
  writeFileSync(from, 'some text')
  const text = textOf('files.after.js')
  assert.match(text, /TODO\(cablegram\): setParseMode/)
  const done = text.replace(/.*TODO.*\n.*setParseMode.*\n/, '').replace(/.*TODO.*\n.*session\.close.*\n/, '')
  assert.doesNotMatch(done, /TODO/)
  const output = await start('files.after.js', [from, to], done).ended
  assert.equal(output, 'sent\na file 9 true\n9 9\nsome text\nEve true\n')
})

test('rewritten programs run: peers of raw calls, and captions of an album', async () => {
  await server.users.create({ phone: '+9996626666', firstName: 'Mary', username: 'mary_test' })
  const files = ['one.txt', 'two.txt'].map((name) => join(folder, name))
  for (const file of files) writeFileSync(file, file)
  assert.equal(await start('raw.after.js', files).ended, 'three,two,one\nAnn,Mary\nfirst second\n')
})

test('rewritten programs run: an echo that answers and stops, and a bot with buttons', async () => {
  await using eve = new TelegramClient(memorySession(), { server: server.info })
  await eve.start({
    phone: async () => '+9996624444',
    code: async () => '22222',
    name: async () => ({ firstName: 'Eve' }),
  })
  await server.users.create({ phone: '+9996622222', firstName: 'Bob' })
  const echo = start('echo.after.ts')
  await echo.ready
  const answer = Promise.withResolvers<string>()
  eve.on('message', ({ message }) => answer.resolve(message.text), { incoming: true })
  await eve.sendMessage('+9996622222', '/hello')
  assert.equal(await answer.promise, 'You wrote /hello')
  await eve.sendMessage('+9996622222', '/stop')
  assert.equal(await echo.ended, 'ready\nEve: /hello\nEve: /stop\n')

  const { token } = await server.bots.create({ username: 'colour_bot' })
  const bot = start('buttons.after.ts', [token])
  await bot.ready
  const asked = Promise.withResolvers<number>()
  eve.on('message', ({ message }) => asked.resolve(message.id), { text: 'Which one?' })
  await eve.sendMessage('@colour_bot', '/start')
  const peer = (await eve.resolve('@colour_bot')).inputPeer
  assert.ok(peer)
  const msgId = await asked.promise
  const pressed = await eve.messages.getBotCallbackAnswer({
    peer,
    msgId,
    data: new TextEncoder().encode('blue'),
  })
  assert.equal(pressed.message, 'You chose blue')
  assert.equal(await bot.ended, 'ready\nasked\npressed blue\n')
})
