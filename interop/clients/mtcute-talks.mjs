/** What a person does with mtcute, in Node and in a page. */
import Long from 'long'

const LOOK_EVERY_MS = 10

/**
 * Every login resolves before the client has its first state, and the client forgets the messages of its first difference:
 * what arrives until then is only in the chat.
 */
export async function listening(base) {
  while (!base.updates.updatesLoopActive) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
}

/**
 * @param disk gives a file of this machine to the client and takes one from it: a page has no disk of its own
 * @returns {import('./talks.ts').Talks}
 */
export function talksOf(client, InputMedia, { load, save }) {
  const inputOf = async ({ kind, path, caption }) => {
    const fileName = path.slice(path.lastIndexOf('/') + 1)
    const file = await load(path)
    if (kind === 'photo') return InputMedia.photo(file, { caption, fileName })
    if (kind === 'voice') return InputMedia.voice(file, { caption, fileName, duration: 1 })
    return InputMedia.document(file, { caption, fileName })
  }
  return {
    async takeUsername(username) {
      await client().setMyUsername(username)
    },
    async find(username) {
      return (await client().resolveUser(username)).userId
    },
    async addContact(phone, firstName) {
      const contact = { _: 'inputPhoneContact', clientId: Long.ONE, phone, firstName, lastName: '' }
      const { imported } = await client().call({ _: 'contacts.importContacts', contacts: [contact] })
      return imported[0].userId
    },
    async write(chat, text, replyTo) {
      return (await client().sendText(chat, text, { replyTo })).id
    },
    async edit(chatId, message, text) {
      await client().editMessage({ chatId, message, text })
    },
    async erase(chat, id) {
      await client().deleteMessagesById(chat, [id])
    },
    async read(chat) {
      await client().readHistory(chat)
    },
    async forward(fromChatId, id, toChatId) {
      await client().forwardMessagesById({ fromChatId, messages: [id], toChatId })
    },
    async type(chat) {
      await client().sendTyping(chat)
    },
    async react(chatId, message, emoji) {
      await client().sendReaction({ chatId, message, emoji })
    },
    async poll(chat, question, answers) {
      return (await client().sendMedia(chat, InputMedia.poll({ question, answers }))).id
    },
    async vote(chatId, message, options) {
      await client().sendVote({ chatId, message, options })
    },
    async makeGroup(title, users) {
      return (await client().createGroup({ title, users })).chat.id
    },
    async sendMedia(chat, media) {
      return (await client().sendMedia(chat, await inputOf(media))).id
    },
    async sendAlbum(chat, items) {
      await client().sendMediaGroup(chat, await Promise.all(items.map(inputOf)))
    },
    async download(chat, id, path) {
      const [message] = await client().getMessages(chat, [id])
      await save(path, message.media)
    },
    async setAvatar(path) {
      await client().setMyProfilePhoto({ type: 'photo', media: await load(path) })
    },
    async downloadAvatar(id, path) {
      const [user] = await client().getUsers([id])
      await save(path, user.photo.big)
    },
    async history(chat) {
      return (await client().getHistory(chat)).map(({ id, text }) => ({ id, text }))
    },
  }
}
