import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { LuaError, type LuaOptions, runLua } from '@cablegram/lua'
import { type CablegramServer, startServer } from '@cablegram/server'

let server: CablegramServer
const folder = mkdtempSync(join(tmpdir(), 'cablegram-lua-files-'))

before(async () => {
  server = await startServer({ store: 'memory' })
})

after(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

let lastNumber = 0

/** A client of a new account whose name is `firstName`. */
async function newClient(firstName: string, session = memorySession()): Promise<TelegramClient> {
  lastNumber += 1
  const client = new TelegramClient(session, { server: server.info })
  const answers = {
    phone: async () => `+99966${20_000 + lastNumber}`,
    code: async () => '22222',
    name: async () => ({ firstName }),
  }
  await client.start(answers)
  return client
}

interface Ran {
  readonly lines: string[]
  readonly error: LuaError | undefined
}

/** Runs a script; `onLine` is told of each line that it prints. */
async function run(
  client: TelegramClient,
  code: string,
  { onLine = () => {}, ...options }: LuaOptions & { onLine?: (line: string) => unknown } = {},
): Promise<Ran> {
  const lines: string[] = []
  const print = (line: string) => {
    lines.push(line)
    onLine(line)
  }
  try {
    await runLua(client, code, { name: 'bot.lua', sleep: async () => {}, ...options, print })
    return { lines, error: undefined }
  } catch (error) {
    assert.ok(error instanceof LuaError, String(error))
    return { lines, error }
  }
}

test('daily calls: messages are sent, listed, edited and deleted by what earlier calls gave', async () => {
  await using ada = await newClient('Ada')
  const { lines, error } = await run(
    ada,
    `local message = cablegram.send_message{peer = 'me', text = cablegram.md('**Hi** %s, %s', '**Eve**', cablegram.get_me())}
    print(message.text, message.entities[1]._, message.entities[1].length, message.chat.is_self, math.type(message.id))
    cablegram.send_message{peer = message.chat, text = 'two', reply_to = message, silent = true}
    cablegram.edit_message{message = message, text = 'one'}
    for m in cablegram.history{peer = 'me'} do print(m.id - message.id, m.text, m.reply_to == message.id) end
    for m in cablegram.history{peer = 'me', limit = 10, reverse = true} do print(m.text) break end
    print(#cablegram.forward_messages{messages = {message}, peer = 'me'}, cablegram.resolve{peer = 'me'}.first_name)
    cablegram.delete_messages{messages = {message}}
    local texts = {}
    for m in cablegram.history{peer = 'me'} do texts[#texts + 1] = m.text end
    print(table.concat(texts, ','))
    for d in cablegram.dialogs{} do print(d.chat.kind, d.message.text, d.unread_count) end
    print(cablegram.update_profile{first_name = 'Augusta', last_name = 'King'}.title)`,
  )
  assert.equal(error, undefined)
  assert.deepEqual(lines, [
    'Hi **Eve**, Ada\tmessageEntityBold\t2\ttrue\tinteger',
    '1\ttwo\ttrue',
    '0\tone\tfalse',
    'one',
    '1\tAda',
    'one,two',
    'user\tone\t0',
    'Augusta King',
  ])
})

test('a message that waits for its time is edited and deleted in its queue', async () => {
  await using ada = await newClient('Ada')
  const atS = Math.floor(Date.now() / 1000) + 3_600
  const { lines, error } = await run(
    ada,
    `local sent = cablegram.send_message{peer = 'me', text = 'sent'}
    local queued = cablegram.send_message{peer = 'me', text = 'later', schedule_at_s = ${atS}}
    print(queued.scheduled_at_s == ${atS}, cablegram.edit_message{message = queued, text = 'much later'}.text)
    print(select(2, pcall(cablegram.send_message, {peer = 'me', text = 'x', reply_to = queued})))
    cablegram.delete_messages{messages = {queued}}
    print(#messages.getScheduledHistory{peer = {_ = 'inputPeerSelf'}, hash = 0}.messages)
    for m in cablegram.history{peer = 'me'} do print(m.text, m.id == sent.id) end`,
  )
  assert.equal(error, undefined)
  const refusal = /reply_to: expected a message that is sent, got one that waits for its time/
  assert.match(lines[1] ?? '', refusal)
  assert.deepEqual(lines.toSpliced(1, 1), ['true\tmuch later', '0', 'sent\ttrue'])
})

test('commands of a bot that are given as pairs keep their order', async () => {
  const { token } = await server.bots.create({ username: 'menu_bot' })
  await using client = new TelegramClient(memorySession(), { server: server.info })
  await client.start({ botToken: token })
  const names = ['start', 'zoo', 'apple', 'middle', 'b', 'a']
  const pairs = names.map((name) => `{'${name}', 'Does ${name}'}`).join(', ')
  const { lines, error } = await run(
    client,
    `cablegram.set_commands{commands = {${pairs}}}
    for _, each in ipairs(bots.getBotCommands{scope = {_ = 'botCommandScopeDefault'}, lang_code = ''}) do
      print(each.command)
    end
    print(pcall(cablegram.set_commands, {commands = {{'start', 'a', 'b'}}}))`,
  )
  assert.equal(error, undefined)
  assert.deepEqual(lines.slice(0, -1), names)
  assert.match(lines.at(-1) ?? '', /commands\[1\]: expected a name and a text, got 3 strings/)
})

test('calls tell of their progress while they run, and an error in the function ends the call', async () => {
  await using ada = await newClient('Ada')
  const { lines, error } = await run(
    ada,
    `local told
    local function on_progress(done, total) told = done .. ' of ' .. total end
    local file = {bytes = ('x'):rep(300000), name = 'x.bin'}
    local message = cablegram.send_file{peer = 'me', file = file, on_progress = on_progress}
    print(told)
    told = nil
    print(#cablegram.download{message = message, on_progress = on_progress}, told)
    print(pcall(cablegram.download, {message = message, on_progress = function() error('enough', 0) end}))
    print(select(2, pcall(cablegram.upload_file, {file = file, on_progress = 5})))
    local stats = cablegram.stats{}
    print(stats.connections[1].purpose, math.type(stats.calls.total), stats.calls.failed.flooded)`,
  )
  assert.equal(error, undefined)
  assert.deepEqual(lines, [
    '300000 of 300000',
    '300000\t300000 of 300000',
    'false\tenough',
    'bot.lua:9: cablegram.upload_file.on_progress: expected a function, got 5',
    'home\tinteger\t0',
  ])
})

test('handlers are coroutines: one that sleeps does not keep others waiting, and each has its answer', async () => {
  await using ada = await newClient('Ada')
  await using bob = await newClient('Bob')
  await using eve = await newClient('Eve')
  const { phone } = await ada.getMe()
  const contact = (from: TelegramClient, text: string) => from.sendMessage(`+${phone}`, text)
  const wake: (() => void)[] = []
  const sleep = () => new Promise<void>((resolve) => wake.push(resolve))
  const onLine = async (line: string) => {
    if (line === 'ready') await contact(bob, 'slow please')
    if (line === 'Bob: begins') await contact(eve, 'quick please')
    if (line === 'Eve: quick please') for (const resolve of wake) resolve()
  }
  const { lines, error } = await run(
    ada,
    `local seen = 0
    cablegram.on('message', function(event)
      if event.message.text:find('slow') then
        print(event.sender.first_name .. ': begins')
        cablegram.sleep(5)
      end
      print(event.sender.first_name .. ': ' .. event.message.text)
      print('answered', event.reply('thanks', {silent = true}).text)
      seen = seen + 1
      if seen == 2 then cablegram.stop() end
    end, {incoming = true, pattern = 'pl[ea]+se$'})
    updates.getState()
    print('ready')
    cablegram.run()
    print('over', seen)`,
    { sleep, onLine },
  )
  assert.equal(error, undefined)
  assert.deepEqual(lines, [
    'ready',
    'Bob: begins',
    'Eve: quick please',
    'answered\tthanks',
    'Bob: slow please',
    'answered\tthanks',
    'over\t2',
  ])
})

test('an error in a handler goes to the handler of errors, and the script goes on', async () => {
  await using ada = await newClient('Ada')
  await using bob = await newClient('Bob')
  const { phone } = await ada.getMe()
  const { lines, error } = await run(
    ada,
    `cablegram.on('error', function(problem)
      print('error', problem.kind, problem.message)
    end)
    cablegram.on('message', function(event)
      if event.message.text == '1' then error('no idea') end
      if event.message.text == '2' then cablegram.send_message{peer = '@nobody_here', text = 'x'} end
      if event.message.text == '3' then coroutine.yield(1) end
      if event.message.text == '4' then cablegram.stop() end
    end)
    updates.getState()
    print('ready')`,
    {
      onLine: async (line) => {
        if (line !== 'ready') return
        for (const text of ['1', '2', '3', '4']) await bob.sendMessage(`+${phone}`, text)
      },
    },
  )
  assert.equal(error, undefined)
  assert.deepEqual(lines.slice(0, 2), ['ready', 'error\tscript\tbot.lua:5: no idea'])
  assert.match(lines[2] ?? '', /^error\tscript\tbot\.lua:6: cablegram\.send_message: .*nobody_here/)
  assert.match(lines[3] ?? '', /^error\tscript\ta handler has yielded/)
  assert.equal(lines.length, 4)
})

test('mistakes have their place and the name of what was meant', async () => {
  await using ada = await newClient('Ada')
  const { lines } = await run(
    ada,
    `local function try(...) print(select(2, pcall(...))) end
    try(function() cablegram.send_message{peer = 'me', txt = 'x'} end)
    try(function() cablegram.send_message{peer = 'me'} end)
    try(function() cablegram.send_message{peer = true, text = 'x'} end)
    try(function() cablegram.on('mesage', print) end)
    try(function() cablegram.on('message', print, {sendr = 1}) end)
    try(function() cablegram.on('message') end)
    try(function() cablegram.sleep(-1) end)
    try(function() return cablegram.send_mesage end)
    try(function() cablegram.md('%s') end)
    try(function() cablegram.on('message', print, {pattern = '%'}) end)`,
  )
  assert.deepEqual(lines, [
    'bot.lua:2: cablegram.send_message has no "txt"; did you mean text?',
    'bot.lua:3: cablegram.send_message.text is missing: expected a string or a formatted text',
    "bot.lua:4: cablegram.send_message.peer: expected 'me', '@name', '+phone', a link, an id or a chat, got a boolean",
    'cablegram.on: There is no event "mesage". Did you mean message?',
    'cablegram.on: The event "message" has no filter `sendr`. Did you mean sender?',
    'bot.lua:7: cablegram.on: expected a function as the handler, got nil',
    'bot.lua:8: cablegram.sleep: expected 0 to 2147483 seconds, got -1',
    'bot.lua:9: cablegram has no "send_mesage"; did you mean send_message?',
    'bot.lua:10: cablegram.md: the text has 1 places for values (%s), and there are 0 values',
    "bot.lua:11: cablegram.on: the pattern cannot be used: malformed pattern (ends with '%')",
  ])
})

test('files come from one folder or from bytes, and go there; links lead nowhere else', async () => {
  await using ada = await newClient('Ada')
  const outside = join(folder, '..', `outside-${process.pid}.txt`)
  writeFileSync(outside, 'secret')
  writeFileSync(join(folder, 'in.txt'), 'hello')
  symlinkSync(outside, join(folder, 'link.txt'))
  after(() => rmSync(outside))
  const code = `local sent = cablegram.send_file{peer = 'me', file = 'in.txt', caption = 'a file'}
    print(sent.text, cablegram.download{message = sent})
    cablegram.download{message = sent, path = 'out.txt'}
    local bytes = cablegram.send_file{peer = 'me', file = {bytes = 'a\\0b', name = 'x.bin'}}
    print(#cablegram.download{message = {id = bytes.id, chat = bytes.chat}})
    for _, name in ipairs{'link.txt', '../x.txt', '/etc/passwd'} do
      print(select(2, pcall(cablegram.send_file, {peer = 'me', file = name})).message:gsub(' in the folder.*', ''))
    end`
  const { lines, error } = await run(ada, code, { files: folder })
  assert.equal(error, undefined)
  assert.deepEqual(lines, [
    'a file\thello',
    '3',
    'the script may not open link.txt: it is not\t1',
    'the script may not open ../x.txt: it is not\t1',
    'the script may not open /etc/passwd: it is not\t1',
  ])
  assert.equal(readFileSync(join(folder, 'out.txt'), 'utf8'), 'hello')
  const without = await run(ada, code)
  assert.match(
    without.error?.message ?? '',
    /in\.txt: it has no folder of files\. Give one \(--files FOLDER\)/,
  )
})

test('an event that a script was ended in is told to the next one', async () => {
  const session = memorySession()
  await using bob = await newClient('Bob')
  const code = `cablegram.on('message', function(event)
      print('got', event.message.text)
      if cablegram.args[1] == 'hang' then cablegram.sleep(100) end
      cablegram.stop()
    end)
    updates.getState()
    print('ready')`
  const first = await newClient('Ada', session)
  const { phone } = await first.getMe()
  const ending = new AbortController()
  const onLine = async (line: string) => {
    if (line === 'ready') await bob.sendMessage(`+${phone}`, 'keep me')
    else ending.abort()
  }
  const sleep = () => new Promise<void>(() => {})
  const { error } = await run(first, code, { args: ['hang'], signal: ending.signal, sleep, onLine })
  assert.equal(error?.code, 'LUA_ABORTED')
  await first.close()
  await using again = new TelegramClient(session, { server: server.info })
  const { lines } = await run(again, code)
  assert.deepEqual(lines, ['ready', 'got\tkeep me'])
})
