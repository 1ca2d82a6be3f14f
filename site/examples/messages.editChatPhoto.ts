import { defineExample, type Example } from '../printers/example.ts'
import { PICTURE_FILE } from '../printers/file-states.ts'

export const example: Example = defineExample('messages.editChatPhoto', {
  given: 'groupAndPicture',
  params: ({ group }) => ({
    chatId: group.chatId,
    photo: { _: 'inputChatUploadedPhoto', file: PICTURE_FILE },
  }),
  as: 'changed',
  answer: 'updates',
  shows: { 'chats.0._': 'chat', 'chats.0.photo._': 'chatPhoto' },
})
