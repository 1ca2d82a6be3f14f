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

/** @returns {import('./talks.ts').Talks} */
export function talksOf(client, InputMedia) {
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
    async history(chat) {
      return (await client().getHistory(chat)).map(({ id, text }) => ({ id, text }))
    },
  }
}
