/** The promises of the client to programs that listen, checked when all is quiet. */
import type { Message } from '@cablegram/tl/api'
import { HANDLERS } from '../../../packages/server/src/api/index.ts'
import { contextOf } from '../../../packages/server/src/api/test-context.ts'
import { int } from '../../../packages/server/src/database/columns.ts'
import { sql } from '../../../packages/server/src/database/decision.ts'
import type { Listener } from './listener.ts'
import { type SeenMessage, seen, stable } from './seen.ts'
import type { ChatWorld } from './world.ts'

const written = sql`
  SELECT pts, message_id FROM box_log WHERE box_id = :boxId AND kind = 'newMessage' ORDER BY pts`

/** Everything that is wrong with what a program was told. */
export async function violationsOfListener(chats: ChatWorld, listener: Listener): Promise<string[]> {
  const { userId, name, beginPts = 0, told, failures, losses } = listener
  const rows = await chats.world.store.look(function* () {
    return yield* written.rows({ boxId: userId })
  })
  const ptsOf = new Map(rows.map((row) => [int(row, 'message_id'), int(row, 'pts')]))
  const there = await messagesOf(chats, userId, [...ptsOf.keys()])
  const wrong = [
    ...failures.map(String),
    ...losses.map((loss) => `it says that it lost updates: ${stable(loss)}`),
  ]
  const heard = new Set(told.map(({ id }) => id))
  for (const [id, pts] of ptsOf) {
    if (pts > beginPts && there.has(id) && !heard.has(id))
      wrong.push(`message ${id} (pts ${pts}) was not told`)
  }
  const lives = new Map<number, number>()
  for (const { id, life, sincePts } of told) {
    const pts = ptsOf.get(id) ?? 0
    if (pts <= sincePts)
      wrong.push(`message ${id} (pts ${pts}) was told again after the cursor had ${sincePts}`)
    const last = lives.get(life) ?? 0
    if (id <= last) wrong.push(`message ${id} was told after ${last}`)
    lives.set(life, id)
  }
  for (const [id, pts] of ptsOf) {
    const [mine, theirs] = [listener.knowledge.messages.get(id), there.get(id)]
    if (pts > beginPts && comparable(mine) !== comparable(theirs))
      wrong.push(`it has message ${id} as ${comparable(mine)}, and not ${comparable(theirs)}`)
  }
  return wrong.map((each) => `${name}: ${each}`)
}

/** Reactions have no number: the newest may overtake older ones. */
function comparable(message: SeenMessage | undefined): string {
  return message === undefined ? 'gone' : stable({ ...message, reactions: '' })
}

async function messagesOf(
  chats: ChatWorld,
  userId: bigint,
  ids: readonly number[],
): Promise<Map<number, SeenMessage>> {
  const messages = (await readMessages(chats, userId, ids)).map(seen)
  return new Map(messages.flatMap((message) => (message === undefined ? [] : [[message.id, message]])))
}

/** The messages of these ids as an account's client reads them; empty ones for those that are gone. */
export async function readMessages(
  chats: ChatWorld,
  userId: bigint,
  ids: readonly number[],
): Promise<Message[]> {
  const device = chats.people.find((person) => person.userId === userId)?.devices[0]
  const getMessages = HANDLERS['messages.getMessages']
  if (device === undefined || getMessages === undefined) throw new Error('nobody can look')
  const context = contextOf(chats.world, device.caller)
  const found: Message[] = []
  for (let from = 0; from < ids.length; from += 100) {
    const id = ids.slice(from, from + 100).map((each) => ({ _: 'inputMessageID', id: each }) as const)
    const answer = await getMessages({ _: 'messages.getMessages', id }, context)
    if ('messages' in answer) found.push(...answer.messages)
  }
  return found
}
