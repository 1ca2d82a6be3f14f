/** Lost answers of the methods of messages that wait for their time. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { LostAnswerRow } from './lost-world.ts'

const SELF = { _: 'inputPeerSelf' } as const
const tomorrowS = (): number => Math.floor(Date.now() / 1000) + 86_400

/** A row in which a message waits in Saved Messages. */
function whileWaiting(
  call: (client: TelegramClient) => Promise<unknown>,
  told: string,
  sent: number,
): LostAnswerRow {
  return async (world) => {
    const client = await world.user()
    const message = { peer: SELF, message: 'later', randomId: 1n, scheduleDate: tomorrowS() }
    await client.messages.sendMessage(message)
    const check = async () => {
      const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n }
      const history = await client.messages.getHistory({ ...page, peer: SELF })
      assert.equal(history._ === 'messages.messages' && history.messages.length, sent)
      const queue = await client.messages.getScheduledHistory({ peer: SELF, hash: 0n })
      assert.equal(queue._ === 'messages.messages' && queue.messages.length, 0)
    }
    return { client, call: () => call(client), told, check }
  }
}

/** Outcomes of lost answers about messages that wait. */
export const LOST_SCHEDULED_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'messages.getScheduledHistory': 'reads',
  'messages.getScheduledMessages': 'reads',
  'messages.sendScheduledMessages': whileWaiting(
    (client) => client.messages.sendScheduledMessages({ peer: SELF, id: [1] }),
    '400 MESSAGE_ID_INVALID',
    1,
  ),
  'messages.deleteScheduledMessages': whileWaiting(
    (client) => client.messages.deleteScheduledMessages({ peer: SELF, id: [1] }),
    'updates',
    0,
  ),
}
