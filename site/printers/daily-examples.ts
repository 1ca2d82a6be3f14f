import type { TelegramClient } from '@cablegram/client'

/** The same program in two languages, and the lines that both print. */
export interface DailyExample {
  /** The lines after the login. */
  readonly typescript: string
  readonly lua: string
  readonly shows: string
  /** The lines of the script in Lua, if they differ. */
  readonly luaShows?: string
  /** Commands to type first. */
  readonly first?: readonly string[]
  /** Those of the script in Lua, if they differ. */
  readonly luaFirst?: readonly string[]
  /** The program takes the token of a bot as its argument: `bot` signs in as the bot, `token` as Ada. */
  readonly takes?: 'bot' | 'token'
  /** Names of the client's package besides those of the login. */
  readonly imports?: readonly string[]
}

/** A method of the client that has a page. */
export type DailyName = Extract<keyof TelegramClient, string>

const BOT_TOKEN = 'token=$(npx cablegram bot add tea_bot)'

/** An example for each daily call, by the name of the method. */
export const DAILY_EXAMPLES: Readonly<Partial<Record<DailyName, DailyExample>>> = {
  sendMessage: {
    imports: ['md'],
    typescript: `const name = '**Eve**'
const message = await client.sendMessage('me', md\`**Hello** \${name}\`)
const answer = await client.sendMessage('me', 'And good night', { replyTo: message, silent: true })
console.log(message.text, answer.replyTo === message.id)`,
    lua: `local name = '**Eve**'
local message = cablegram.send_message{peer = 'me', text = cablegram.md('**Hello** %s', name)}
local answer = cablegram.send_message{peer = 'me', text = 'And good night', reply_to = message, silent = true}
print(message.text, answer.reply_to == message.id)`,
    shows: 'Hello **Eve** true',
  },
  editMessage: {
    typescript: `const message = await client.sendMessage('me', '1')
const edited = await client.editMessage(message, '0')
console.log(edited.text, edited.id === message.id)`,
    lua: `local message = cablegram.send_message{peer = 'me', text = '1'}
local edited = cablegram.edit_message{message = message, text = '0'}
print(edited.text, edited.id == message.id)`,
    shows: '0 true',
  },
  deleteMessages: {
    typescript: `const message = await client.sendMessage('me', 'Forget this')
await client.deleteMessages([message])
for await (const { text } of client.history('me')) console.log(text)
console.log('nothing left')`,
    lua: `local message = cablegram.send_message{peer = 'me', text = 'Forget this'}
cablegram.delete_messages{messages = {message}}
for message in cablegram.history{peer = 'me'} do print(message.text) end
print('nothing left')`,
    shows: 'nothing left',
  },
  forwardMessages: {
    typescript: `const message = await client.sendMessage('me', 'Worth keeping')
const [copy] = await client.forwardMessages([message], 'me', { dropAuthor: true })
console.log(copy?.text)`,
    lua: `local message = cablegram.send_message{peer = 'me', text = 'Worth keeping'}
local copies = cablegram.forward_messages{messages = {message}, peer = 'me', drop_author = true}
print(copies[1].text)`,
    shows: 'Worth keeping',
  },
  history: {
    typescript: `for (const text of ['one', 'two', 'three']) await client.sendMessage('me', text)
for await (const message of client.history('me', { limit: 2 })) console.log(message.text)
for await (const message of client.history('me', { search: 'one' })) console.log('found', message.text)`,
    lua: `for _, text in ipairs{'one', 'two', 'three'} do cablegram.send_message{peer = 'me', text = text} end
for message in cablegram.history{peer = 'me', limit = 2} do print(message.text) end
for message in cablegram.history{peer = 'me', search = 'one'} do print('found', message.text) end`,
    shows: 'three\ntwo\nfound one',
  },
  dialogs: {
    typescript: `await client.sendMessage('me', 'Hello')
for await (const { chat, message, unreadCount } of client.dialogs({ limit: 10 })) {
  console.log(chat.title, message?.text, unreadCount)
}`,
    lua: `cablegram.send_message{peer = 'me', text = 'Hello'}
for dialog in cablegram.dialogs{limit = 10} do
  print(dialog.chat.title, dialog.message.text, dialog.unread_count)
end`,
    shows: 'Ada Hello 0',
  },
  members: {
    first: ['npx cablegram user add +9996621235 --first-name Bob --username bob_builder'],
    typescript: `const bob = await client.resolve('@bob_builder')
if (bob.inputPeer?._ !== 'inputPeerUser') throw new Error('there is no Bob')
await client.messages.createChat({ users: [{ ...bob.inputPeer, _: 'inputUser' }], title: 'Reading' })
for await (const { chat } of client.dialogs()) {
  if (chat.kind === 'user') continue
  for await (const { user, role } of client.members(chat)) console.log(user.title, role)
}`,
    lua: `local found = contacts.resolveUsername{username = 'bob_builder'}.users[1]
local bob = {_ = 'inputUser', user_id = found.id, access_hash = found.access_hash}
messages.createChat{users = {bob}, title = 'Reading'}
for dialog in cablegram.dialogs{} do
  if dialog.chat.kind ~= 'user' then
    for member in cablegram.members{peer = dialog.chat} do print(member.user.title, member.role) end
  end
end`,
    shows: 'Bob member\nAda creator',
  },
  search: {
    typescript: `await client.sendMessage('me', 'The tea is ready')
for await (const { chat, text } of client.search('tea', { limit: 5 })) console.log(chat.title, text)`,
    lua: `cablegram.send_message{peer = 'me', text = 'The tea is ready'}
for message in cablegram.search{words = 'tea', limit = 5} do print(message.chat.title, message.text) end`,
    shows: 'Ada The tea is ready',
  },
  sendFile: {
    typescript: `const file = new File(['buy milk'], 'notes.txt')
const message = await client.sendFile('me', file, { caption: 'My notes' })
console.log(message.text, message.media?._)`,
    lua: `local file = {bytes = 'buy milk', name = 'notes.txt'}
local message = cablegram.send_file{peer = 'me', file = file, caption = 'My notes'}
print(message.text, message.media._)`,
    shows: 'My notes messageMediaDocument',
  },
  sendAlbum: {
    typescript: `const files = ['one', 'two'].map((text) => new File([text], \`\${text}.txt\`))
const messages = await client.sendAlbum('me', files, { caption: 'Two files' })
console.log(messages.length, messages[0]?.albumId === messages[1]?.albumId)`,
    lua: `local files = {{bytes = 'one', name = 'one.txt'}, {bytes = 'two', name = 'two.txt'}}
local sent = cablegram.send_album{peer = 'me', files = files, caption = 'Two files'}
print(#sent, sent[1].album_id == sent[2].album_id)`,
    shows: '2 true',
  },
  uploadFile: {
    typescript: `const file = await client.uploadFile(new File(['buy milk'], 'notes.txt'))
console.log(file._)`,
    lua: `local file = cablegram.upload_file{file = {bytes = 'buy milk', name = 'notes.txt'}}
print(file._)`,
    shows: 'inputFile',
  },
  download: {
    typescript: `const message = await client.sendFile('me', new File(['buy milk'], 'notes.txt'))
for await (const bytes of client.download(message)) console.log(new TextDecoder().decode(bytes))`,
    lua: `local message = cablegram.send_file{peer = 'me', file = {bytes = 'buy milk', name = 'notes.txt'}}
print(cablegram.download{message = message})`,
    shows: 'buy milk',
  },
  resolve: {
    typescript: `const chat = await client.resolve('me')
console.log(chat.kind, chat.title, chat.id === client.userId)`,
    lua: `local chat = cablegram.resolve{peer = 'me'}
print(chat.kind, chat.title, chat.id == cablegram.get_me().id)`,
    shows: 'user Ada true',
  },
  getMessages: {
    typescript: `const question = await client.sendMessage('me', 'Tea?')
const { chat, replyTo = 0 } = await client.sendMessage('me', 'Yes', { replyTo: question })
for (const { text } of await client.getMessages([{ chat, id: replyTo }])) console.log(text)`,
    lua: `local question = cablegram.send_message{peer = 'me', text = 'Tea?'}
local answer = cablegram.send_message{peer = 'me', text = 'Yes', reply_to = question}
for _, message in ipairs(cablegram.get_messages{messages = {{id = answer.reply_to, chat = answer.chat}}}) do
  print(message.text)
end`,
    shows: 'Tea?',
  },
  getMe: {
    typescript: `const me = await client.getMe()
console.log(me.firstName, me.phone, me.isBot)`,
    lua: `local me = cablegram.get_me()
print(me.first_name, me.phone, me.is_bot)`,
    shows: 'Ada 9996621234 false',
  },
  markRead: {
    typescript: `for await (const { chat } of client.dialogs()) await client.markRead(chat)
await client.markRead('me')
console.log('read')`,
    lua: `for dialog in cablegram.dialogs{} do cablegram.mark_read{peer = dialog.chat} end
cablegram.mark_read{peer = 'me'}
print('read')`,
    shows: 'read',
  },
  setTyping: {
    typescript: `await client.setTyping('me')
await client.setTyping('me', 'cancel')
console.log('done')`,
    lua: `cablegram.set_typing{peer = 'me'}
cablegram.set_typing{peer = 'me', action = 'cancel'}
print('done')`,
    shows: 'done',
  },
  react: {
    typescript: `const message = await client.sendMessage('me', 'Good')
await client.react(message, '👍')
await client.react(message, undefined)
console.log('done')`,
    lua: `local message = cablegram.send_message{peer = 'me', text = 'Good'}
cablegram.react{message = message, reaction = '👍'}
cablegram.react{message = message}
print('done')`,
    shows: 'done',
  },
  pinMessage: {
    typescript: `const message = await client.sendMessage('me', 'The rules')
await client.pinMessage(message, { silent: true })
console.log('pinned')`,
    lua: `local message = cablegram.send_message{peer = 'me', text = 'The rules'}
cablegram.pin_message{message = message, silent = true}
print('pinned')`,
    shows: 'pinned',
  },
  unpinMessage: {
    typescript: `const message = await client.sendMessage('me', 'The rules')
await client.pinMessage(message)
await client.unpinMessage(message)
console.log('unpinned')`,
    lua: `local message = cablegram.send_message{peer = 'me', text = 'The rules'}
cablegram.pin_message{message = message}
cablegram.unpin_message{message = message}
print('unpinned')`,
    shows: 'unpinned',
  },
  sendPoll: {
    typescript: `const message = await client.sendPoll('me', 'Tea or coffee?', ['Tea', 'Coffee'])
console.log(message.media?._)`,
    lua: `local message = cablegram.send_poll{peer = 'me', question = 'Tea or coffee?', answers = {'Tea', 'Coffee'}}
print(message.media._)`,
    shows: 'messageMediaPoll',
  },
  vote: {
    typescript: `const message = await client.sendPoll('me', 'Tea or coffee?', ['Tea', 'Coffee'])
await client.vote(message, [0])
console.log('voted')`,
    lua: `local message = cablegram.send_poll{peer = 'me', question = 'Tea or coffee?', answers = {'Tea', 'Coffee'}}
cablegram.vote{message = message, answers = {1}}
print('voted')`,
    shows: 'voted',
  },
  closePoll: {
    typescript: `const message = await client.sendPoll('me', 'Tea or coffee?', ['Tea', 'Coffee'])
await client.closePoll(message)
console.log('closed')`,
    lua: `local message = cablegram.send_poll{peer = 'me', question = 'Tea or coffee?', answers = {'Tea', 'Coffee'}}
cablegram.close_poll{message = message}
print('closed')`,
    shows: 'closed',
  },
  updateProfile: {
    typescript: `const me = await client.updateProfile({ firstName: 'Augusta', bio: 'Poetical science' })
console.log(me.firstName)`,
    lua: `local me = cablegram.update_profile{first_name = 'Augusta', bio = 'Poetical science'}
print(me.first_name)`,
    shows: 'Augusta',
  },
  setProfilePhoto: {
    typescript: `await client.setProfilePhoto(\`\${import.meta.dirname}/me.png\`)
const about = { offset: 0, maxId: 0n, limit: 1 }
const { photos } = await client.photos.getUserPhotos({ userId: { _: 'inputUserSelf' }, ...about })
console.log(photos.length)`,
    lua: `cablegram.set_profile_photo{file = 'me.png'}
local found = photos.getUserPhotos{user_id = {_ = 'inputUserSelf'}, offset = 0, max_id = 0, limit = 1}
print(#found.photos)`,
    shows: '1',
  },
  deleteProfilePhotos: {
    typescript: `await client.setProfilePhoto(\`\${import.meta.dirname}/me.png\`)
console.log(await client.deleteProfilePhotos())`,
    lua: `cablegram.set_profile_photo{file = 'me.png'}
print(cablegram.delete_profile_photos{})`,
    shows: '1',
  },
  downloadProfilePhoto: {
    typescript: `await client.setProfilePhoto(\`\${import.meta.dirname}/me.png\`)
console.log(await client.downloadProfilePhoto('me', \`\${import.meta.dirname}/copy.jpg\`))`,
    lua: `cablegram.set_profile_photo{file = 'me.png'}
print(cablegram.download_profile_photo{peer = 'me', path = 'copy.jpg'})`,
    shows: 'true',
  },
  setCommands: {
    first: [BOT_TOKEN],
    takes: 'bot',
    typescript: `await client.setCommands({ my_tea: 'Makes tea' })
const everywhere = { scope: { _: 'botCommandScopeDefault' }, langCode: '' } as const
for (const each of await client.bots.getBotCommands(everywhere)) console.log(each.command, each.description)`,
    lua: `cablegram.set_commands{commands = {my_tea = 'Makes tea'}}
local commands = bots.getBotCommands{scope = {_ = 'botCommandScopeDefault'}, lang_code = ''}
for _, each in ipairs(commands) do print(each.command, each.description) end`,
    shows: 'my_tea Makes tea',
  },
  press: {
    first: [BOT_TOKEN],
    takes: 'token',
    imports: ['type Message'],
    typescript: `const bot = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
await bot.start({ botToken: process.argv[2] ?? '' })
const buttons = [[{ text: 'Yes', data: 'yes' }]]
bot.on('message', ({ reply }) => reply('Tea?', { buttons }), { text: '/start' })
bot.on('callbackQuery', ({ answer }) => answer({ text: 'Here you are' }))

const asked = Promise.withResolvers<Message>()
client.on('message', ({ message }) => asked.resolve(message), { text: 'Tea?' })
await client.sendMessage('@tea_bot', '/start')
const { text } = await client.press(await asked.promise, 'Yes')
console.log(text)
await bot.close()`,
    luaFirst: [
      BOT_TOKEN,
      'npx cablegram user add +9996621234 --first-name Ada --username ada_tea',
      'npx cablegram people start @ada_tea @tea_bot',
      `npx cablegram lua --session bot.session -e "cablegram.start{bot_token = '$token'} cablegram.send_message{peer = '@ada_tea', text = 'Tea?', buttons = {{{text = 'Menu', url = 'https://tea.example/'}}}}"`,
    ],
    lua: `for message in cablegram.history{peer = '@tea_bot', limit = 1} do
  print(message.text, cablegram.press{message = message, button = 'Menu'}.url)
end`,
    shows: 'Here you are',
    luaShows: 'Tea? https://tea.example/',
  },
  on: {
    typescript: `const heard = Promise.withResolvers<string>()
const off = client.on('raw', ({ _ }) => heard.resolve(_), { _: 'updateNewMessage' })
await client.sendMessage('me', 'Hello')
console.log(await heard.promise)
off()`,
    lua: `cablegram.on('raw', function(update)
  print(update._)
  cablegram.stop()
end, {_ = 'updateNewMessage'})
cablegram.send_message{peer = 'me', text = 'Hello'}`,
    shows: 'updateNewMessage',
  },
}

/** The whole program of an example. */
export function dailyTypeScript({ typescript, first = [], takes, imports = [] }: DailyExample): string {
  const plain = (name: string) => name.replace(/^type /, '')
  const names = ['memorySession', 'TelegramClient', ...imports].toSorted((a, b) =>
    plain(a).localeCompare(plain(b)),
  )
  const before = [
    ...first.map((command) => `// First: ${command}\n`),
    ...(takes === undefined ? [] : ['// Run: node example.ts "$token"\n']),
    ...(typescript.includes('me.png') ? ['// A picture, me.png, lies beside this file.\n'] : []),
  ]
  return `${before.join('')}import { ${names.join(', ')} } from '@cablegram/client'

const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
${takes === 'bot' ? "await client.start({ botToken: process.argv[2] ?? '' })" : ADA_IN_TYPESCRIPT}
${typescript}
await client.close()
`
}

const ADA_IN_TYPESCRIPT = `await client.start({
  phone: async () => '+9996621234',
  code: async () => '22222',
  name: async () => ({ firstName: 'Ada' }),
})`

/** The whole script of an example. */
export function dailyLua({ lua, first = [], luaFirst = first, takes }: DailyExample): string {
  const before = [
    ...luaFirst.map((command) => `-- First: ${command}\n`),
    ...(takes === 'bot' ? ['-- Run: npx cablegram lua example.lua "$token"\n'] : []),
    ...(lua.includes('me.png') ? ['-- Run: npx cablegram lua example.lua --files .\n'] : []),
  ]
  const login =
    takes === 'bot'
      ? 'cablegram.start{bot_token = cablegram.args[1]}'
      : "cablegram.start{phone = '+9996621234', code = '22222', first_name = 'Ada'}"
  return `${before.join('')}${login}\n${lua}\n`
}
