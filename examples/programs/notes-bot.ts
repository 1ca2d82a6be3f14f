/** A bot that keeps notes, each with a button to delete it. Usage: BOT_TOKEN=… notes-bot.ts */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type CallbackQueryEvent, type MessageEvent, TelegramClient } from '@cablegram/client'

const FILE = 'notes.json'
/** An empty note is a deleted one: after a crash its message may come again, and it must stay deleted. */
const notes = new Map<string, string>(existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : [])
const save = () => writeFileSync(FILE, JSON.stringify([...notes]))

const bot = new TelegramClient('notes-bot.session', { server: 'http://127.0.0.1:10081' })

bot.on('message', ({ reply }) => reply('Write me a note. /notes shows yours.'), { command: 'start' })
bot.on('message', showNotes, { command: 'notes' })
bot.on('message', keepNote, { incoming: true, text: /^[^/]/ })
bot.on('callbackQuery', deleteNote)

async function showNotes({ chat, reply }: MessageEvent) {
  const own = [...notes].filter(([key, note]) => note !== '' && key.startsWith(`${chat.id}/`))
  if (own.length === 0) await reply('You have no notes.')
  for (const [key, note] of own) await reply(note, { buttons: [[{ text: 'Delete', data: key }]] })
}

async function keepNote({ message, chat, reply }: MessageEvent) {
  const key = `${chat.id}/${message.id}`
  if (!notes.has(key)) notes.set(key, message.text)
  save()
  await reply('Noted.')
}

async function deleteNote({ chat, data, edit, answer }: CallbackQueryEvent) {
  if (notes.has(data) && data.startsWith(`${chat?.id}/`)) notes.set(data, '') // a client can send any data
  save()
  await edit('Deleted.')
  await answer()
}

await bot.start({ botToken: process.env['BOT_TOKEN'] })
await bot.setCommands({ notes: 'Shows your notes' })
console.log('The bot is ready.')
