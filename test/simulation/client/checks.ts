/** The promises of the client, checked when all is quiet. */
import { int } from '../../../packages/server/src/database/columns.ts'
import { sql } from '../../../packages/server/src/database/decision.ts'
import { readMessages } from '../chats/listener-checks.ts'
import { nameOf } from '../chats/seen.ts'
import type { ChatWorld } from '../chats/world.ts'
import type { Program } from './program.ts'

const written = sql`
  SELECT pts, message_id FROM box_log WHERE box_id = :boxId AND kind = 'newMessage' ORDER BY pts`

/** A message in somebody's box, and the place of its event in the log. */
interface BoxMessage {
  readonly id: number
  readonly pts: number
  readonly text: string
  readonly chat: string
  readonly isOut: boolean
}

/** Everything that is wrong with what the programs were told and answered. */
export async function violationsOfPrograms(
  chats: ChatWorld,
  programs: readonly Program[],
): Promise<string[]> {
  const wrong: string[] = []
  for (const { userId } of chats.people) {
    const box = await boxOf(chats, userId)
    for (const program of programs.filter((each) => each.userId === userId)) {
      const found = [...violationsOfUpdates(box, program), ...violationsOfSends(box, program)]
      wrong.push(...found.map((each) => `${program.name}: ${each}`))
    }
  }
  return wrong
}

async function boxOf(chats: ChatWorld, userId: bigint): Promise<BoxMessage[]> {
  const rows = await chats.world.store.look(function* () {
    return yield* written.rows({ boxId: userId })
  })
  const ptsOf = new Map(rows.map((row) => [int(row, 'message_id'), int(row, 'pts')]))
  const messages = await readMessages(chats, userId, [...ptsOf.keys()])
  return messages.flatMap((message) => {
    if (message._ === 'messageEmpty') return []
    const { id, out: isOut = false } = message
    const text = message._ === 'message' ? message.message : ''
    return [{ id, pts: ptsOf.get(id) ?? 0, text, chat: nameOf(message.peerId), isOut }]
  })
}

/** Each message is told at least once, in the order of its chat, and never again once the saved cursor has it. */
function violationsOfUpdates(box: readonly BoxMessage[], program: Program): string[] {
  const wrong: string[] = []
  const { told, sent, beginPts } = program
  const messages = new Map(box.map((message) => [message.id, message]))
  const heard = new Set(told.map(({ id }) => id))
  const own = new Set(sent.map(({ text }) => text))
  for (const { id, text, pts, isOut } of box) {
    // The sender knows its own by the answer.
    const isOwn = isOut && (own.has(text) || text.startsWith('re: '))
    if (pts > (beginPts ?? 0) && !isOwn && !heard.has(id))
      wrong.push(`message ${id} (pts ${pts}) was not told`)
  }
  const lastOfChat = new Map<string, number>()
  for (const { id, text, life, sincePts } of told) {
    const message = messages.get(id)
    if (message === undefined || message.text !== text) {
      wrong.push(`message ${id} was told as ${text}, and is ${message?.text}`)
      continue
    }
    if (message.pts <= sincePts)
      wrong.push(`message ${id} (pts ${message.pts}) was told again after the cursor had ${sincePts}`)
    const chat = `${life} ${message.chat}`
    const last = lastOfChat.get(chat) ?? 0
    if (id === last) wrong.push(`message ${id} was told twice to client ${life}`)
    if (id < last) wrong.push(`message ${id} was told after ${last}`)
    lastOfChat.set(chat, id)
  }
  return wrong
}

/** A text that was answered is there once, with the id of the answer; one that was not is there at most once. */
function violationsOfSends(box: readonly BoxMessage[], { sent, beginPts }: Program): string[] {
  const wrong: string[] = []
  if (beginPts === undefined) wrong.push('it has never begun to listen')
  const idsOf = new Map<string, number[]>()
  for (const { id, text, isOut } of box) if (isOut) idsOf.set(text, [...(idsOf.get(text) ?? []), id])
  for (const { text, outcome } of sent) {
    const ids = idsOf.get(text) ?? []
    if (ids.length > 1) wrong.push(`${text} was sent ${ids.length} times`)
    if (typeof outcome === 'number' && !ids.includes(outcome))
      wrong.push(`${text} was answered with ${outcome}, and is ${ids.join() || 'not there'}`)
  }
  return wrong
}
