/** The invariants of boxes and clients, checked when all is quiet. Each gives what it finds broken, in words. */
import type { Dialog, InputPeer, Message, Peer, User } from '@cablegram/tl/api'
import { HANDLERS, type HandlerContext } from '../../../packages/server/src/api/index.ts'
import { contextOf } from '../../../packages/server/src/api/test-context.ts'
import { int, long, text } from '../../../packages/server/src/database/columns.ts'
import { sql } from '../../../packages/server/src/database/decision.ts'
import { Knowledge } from './knowledge.ts'
import type { Scene } from './scene.ts'
import { missingPeers, nameOf, type SeenMessage, seen, stable, stateOfPoll } from './seen.ts'
import type { Session } from './session.ts'
import type { Person } from './world.ts'

const logs = sql`SELECT box_id, pts, kind, message_id FROM box_log ORDER BY box_id, pts`
const ends = sql`SELECT box_id, pts FROM boxes ORDER BY box_id`
const copies = sql`SELECT box_id, id, peer_id, body_id, date_s, is_out, random_id FROM messages ORDER BY box_id, id`
const memberships = sql`SELECT chat_id, user_id FROM chat_members WHERE role IN ('creator', 'admin', 'member')`

/** A message in a box. */
interface Copy {
  readonly boxId: bigint
  readonly id: number
  readonly peerId: bigint
  readonly bodyId: bigint
  readonly dateS: number
  readonly isOut: boolean
  readonly randomId: bigint
}

/** Everything that is wrong. */
export async function violationsOf(scene: Scene): Promise<string[]> {
  const { store } = scene.chats.world
  const found = await store.look(function* () {
    return {
      logs: yield* logs.rows({}),
      ends: yield* ends.rows({}),
      copies: yield* copies.rows({}),
      members: yield* memberships.rows({}),
    }
  })
  const all: Copy[] = found.copies.map((row) => ({
    boxId: long(row, 'box_id'),
    id: int(row, 'id'),
    peerId: long(row, 'peer_id'),
    bodyId: long(row, 'body_id'),
    dateS: int(row, 'date_s'),
    isOut: int(row, 'is_out') === 1,
    randomId: long(row, 'random_id'),
  }))
  const members = new Set(found.members.map((row) => `${long(row, 'chat_id')} ${long(row, 'user_id')}`))
  const wrong = [
    ...holesIn(found),
    ...risesOf(all),
    ...sameContents(scene, all),
    ...afterKicks(scene, all, members),
    ...sentOnce(scene, all, found.logs),
  ]
  for (const session of scene.sessions) wrong.push(...compareMembers(scene, session, members))
  const begins = (session: Session): number => lastIdAt(found.logs, session)
  wrong.push(...(await changedBehind(scene, members)))
  for (const person of scene.chats.people) wrong.push(...(await checkPerson(scene, person, begins)))
  return wrong
}

type Rows = readonly Parameters<typeof long>[0][]

/** 1. The log of a box is 2…pts without a hole. */
function holesIn({ logs: rows, ends: boxes }: { readonly logs: Rows; readonly ends: Rows }): string[] {
  const places = new Map<bigint, number[]>()
  for (const row of rows) {
    const boxId = long(row, 'box_id')
    places.set(boxId, [...(places.get(boxId) ?? []), int(row, 'pts')])
  }
  return boxes.flatMap((box) => {
    const boxId = long(box, 'box_id')
    const found = places.get(boxId) ?? []
    const wanted = Array.from({ length: int(box, 'pts') - 1 }, (_, index) => index + 2)
    return stable(found) === stable(wanted) ? [] : [`1: the log of ${boxId} is ${found.join()}`]
  })
}

/** 7. Dates and ids rise together. */
function risesOf(all: readonly Copy[]): string[] {
  return all.flatMap((copy, at) => {
    const before = all[at - 1]
    const isRising = before?.boxId !== copy.boxId || before.dateS <= copy.dateS
    return isRising ? [] : [`7: message ${copy.id} of ${copy.boxId} is older than the one before`]
  })
}

/** 5. All boxes of a chat hold the same messages in the same order, but for those that their owners took away. */
function sameContents(scene: Scene, all: readonly Copy[]): string[] {
  const wrong: string[] = []
  const compare = (
    chat: string,
    boxes: readonly (readonly [owner: bigint, copies: readonly Copy[]])[],
  ): void => {
    const everything = new Set(boxes.flatMap(([, own]) => own.map(({ bodyId }) => bodyId)))
    for (const [owner, own] of boxes) {
      const bodies = own.map(({ bodyId }) => bodyId)
      if (bodies.some((body, at) => at > 0 && body <= (bodies[at - 1] ?? 0n)))
        wrong.push(`5: ${chat}: another order in ${owner}`)
      const deleted = scene.ownDeleted.get(owner)
      const lost = [...everything].filter((body) => !bodies.includes(body) && deleted?.has(body) !== true)
      if (lost.length > 0) wrong.push(`5: ${chat}: ${owner} lacks bodies ${lost.join()}`)
    }
  }
  const { people } = scene.chats
  const within = (boxId: bigint, peerId: bigint) =>
    all.filter((copy) => copy.boxId === boxId && copy.peerId === peerId && !isOnesOwn(copy, all))
  for (const [index, { userId: one }] of people.entries()) {
    for (const { userId: other } of people.slice(index + 1)) {
      compare(`${one} and ${other}`, [
        [one, within(one, other)],
        [other, within(other, one)],
      ])
    }
  }
  for (const { chatId } of scene.groups) {
    const stayed = people.filter(({ userId }) => !scene.moved.has(`${chatId} ${userId}`))
    compare(
      `group ${chatId}`,
      stayed.map(({ userId }) => [userId, within(userId, -chatId)]),
    )
  }
  return wrong
}

/** A note that a chat was cleared is for the one who cleared it. */
function isOnesOwn({ bodyId, isOut, boxId }: Copy, all: readonly Copy[]): boolean {
  return isOut && !all.some((other) => other.bodyId === bodyId && other.boxId !== boxId)
}

/**
 * 8. Nobody has messages of a group from between their going and their coming back. Ids tell, and not bodies: what others
 * change later has another body in the box of who went.
 */
function afterKicks(scene: Scene, all: readonly Copy[], members: ReadonlySet<string>): string[] {
  const moves = scene.moves.toSorted((one, other) => Number(one.bodyId - other.bodyId))
  return moves.flatMap((move) => {
    if (move.kind === 'in') return []
    const { chatId, userId, bodyId, noteId } = move
    const isOfSame = (other: typeof move) => other.chatId === chatId && other.userId === userId
    const back = moves.find((other) => isOfSame(other) && other.bodyId > bodyId)
    const isIn = members.has(`${chatId} ${userId}`)
    // Nobody noted when they came back: the note of it is gone, or the answer to the call was lost.
    if (back === undefined ? isIn : back.kind === 'out') return []
    const late = all.filter(
      (copy) =>
        copy.boxId === userId &&
        copy.peerId === -chatId &&
        copy.id > noteId &&
        (back === undefined || copy.id < back.noteId) &&
        !isOnesOwn(copy, all),
    )
    return late.map((copy) => `8: ${userId} has message ${copy.id} of group ${chatId} from after they left`)
  })
}

/** 8. Whatever members do, what somebody has of a group whom they do not let in again stays as it was. */
async function changedBehind(scene: Scene, members: ReadonlySet<string>): Promise<string[]> {
  const wrong: string[] = []
  for (const { kind, chatId, userId, bodyId, left } of scene.moves) {
    const isOver = scene.moves.some(
      (other) => other.chatId === chatId && other.userId === userId && other.bodyId > bodyId,
    )
    if (kind === 'in' || isOver || members.has(`${chatId} ${userId}`)) continue
    const now = await scene.statesOf(userId, chatId)
    for (const [id, state] of left) {
      const isOwn = now.get(id) === undefined && scene.ownDeleted.has(userId)
      if (now.get(id) !== state && !isOwn)
        wrong.push(
          `8: message ${id} of ${userId} in group ${chatId}, who has left, is ${now.get(id)}, not ${state}`,
        )
    }
  }
  return wrong
}

/** 9 and 12. Each acknowledged message was written once. */
function sentOnce(scene: Scene, all: readonly Copy[], rows: Rows): string[] {
  const wrong: string[] = []
  const written = new Map<string, number>()
  for (const row of rows) {
    if (text(row, 'kind') !== 'newMessage') continue
    const name = `${long(row, 'box_id')} ${int(row, 'message_id')}`
    written.set(name, (written.get(name) ?? 0) + 1)
  }
  for (const { userId, id, randomId } of scene.acknowledged) {
    const times = written.get(`${userId} ${id}`) ?? 0
    if (times !== 1)
      wrong.push(`12: message ${id} of ${userId}, which was acknowledged, was written ${times} times`)
    const same = all.filter((copy) => copy.boxId === userId && copy.isOut && copy.randomId === randomId)
    if (same.length > 1) wrong.push(`9: ${userId} has ${same.length} messages with random id ${randomId}`)
  }
  return wrong
}

/** 2. Sessions of members know who else is in a group, if they were told of any change. */
function compareMembers(
  { groups, chats }: Scene,
  { name, userId, knowledge }: Session,
  members: ReadonlySet<string>,
): string[] {
  return groups.flatMap(({ chatId }) => {
    const known = knowledge.members.get(`chat ${chatId}`)?.userIds
    if (known === undefined || !members.has(`${chatId} ${userId}`)) return []
    const there = chats.people.map((person) => person.userId).filter((id) => members.has(`${chatId} ${id}`))
    return known === there.join() ? [] : [`${name}: 2: members of ${chatId} are ${known}, not ${there}`]
  })
}

/** The last message of before a session began to listen, which it is not told of. */
function lastIdAt(rows: Rows, { userId, beginPts }: Session): number {
  const before = rows.filter(
    (row) =>
      long(row, 'box_id') === userId && text(row, 'kind') === 'newMessage' && int(row, 'pts') <= beginPts,
  )
  return Math.max(0, ...before.map((row) => int(row, 'message_id')))
}

/** 2, 3, 4, 6 and 11. The sessions of somebody, and clients that only ask, know what the methods show. */
async function checkPerson(
  scene: Scene,
  { userId, devices }: Person,
  begins: (session: Session) => number,
): Promise<string[]> {
  const [device] = devices
  if (device === undefined) throw new Error(`${userId} has no device`)
  const context = contextOf(scene.chats.world, device.caller)
  const server = await readServer(scene, context, userId)
  const wrong = [...server.wrong]
  for (const session of scene.sessions) {
    if (session.userId === userId) wrong.push(...checkSession(session, server, begins(session)))
  }
  for (const limit of [1, scene.rng.between(2, 9), undefined]) {
    const asking = await replay(context, limit)
    wrong.push(...compareMessages(`11: a client that asks for ${limit ?? 'all'} events`, asking, server))
  }
  return wrong.map((each) => `${userId}: ${each}`)
}

function checkSession(session: Session, server: Shown, afterId: number): string[] {
  const { name, knowledge, missing, failures } = session
  const wrong = [
    ...failures.map(String),
    ...missing.map((peer) => `4: ${peer} was named without being told of`),
    ...compareMessages('2: a client that listens', knowledge, server, afterId),
    ...compareMarks(session, server),
    ...compareSettings(knowledge, server),
  ]
  return wrong.map((each) => `${name}: ${each}`)
}

/** A client that has asked for differences, from the first pts on, and heard nothing. */
async function replay(context: HandlerContext, ptsLimit: number | undefined): Promise<Knowledge> {
  const getDifference = HANDLERS['updates.getDifference']
  if (getDifference === undefined) throw new Error('not built')
  const knowledge = new Knowledge(1)
  for (;;) {
    const request = { pts: knowledge.pts, date: 1, qts: 1, ...(ptsLimit !== undefined && { ptsLimit }) }
    const found = await getDifference({ _: 'updates.getDifference', ...request }, context)
    if (found._ === 'updates.differenceEmpty' || found._ === 'updates.differenceTooLong') return knowledge
    for (const message of found.newMessages) knowledge.add(message)
    for (const update of found.otherUpdates) knowledge.take(update)
    if (found._ === 'updates.difference') return knowledge
    knowledge.pts = found.intermediateState.pts
  }
}

/** The box of somebody as the methods of the API show it. */
interface Shown {
  readonly dialogs: ReadonlyMap<string, Dialog & { _: 'dialog' }>
  readonly messages: ReadonlyMap<number, SeenMessage>
  readonly polls: ReadonlyMap<string, string>
  /** 3 and 6, as far as pages show it. */
  readonly wrong: readonly string[]
}

async function readServer(scene: Scene, context: HandlerContext, userId: bigint): Promise<Shown> {
  const wrong: string[] = []
  const dialogs = await readDialogs(scene, context, wrong)
  const found = new Map<number, SeenMessage>()
  const polls = new Map<string, string>()
  for (const [peer, dialog] of dialogs) {
    const history = await readHistory(scene, context, dialog, wrong)
    const seenHere = history.flatMap((message) => {
      if (message._ === 'message' && message.media?._ === 'messageMediaPoll' && !wasAway(scene, userId, peer))
        polls.set(String(message.media.poll.id), stateOfPoll(message.media.poll, message.media.results))
      return seen(message) ?? []
    })
    for (const message of seenHere) found.set(message.id, message)
    const top = seenHere[0]?.id ?? 0
    if (top !== dialog.topMessage) wrong.push(`3: the top of ${peer} is ${dialog.topMessage}, not ${top}`)
    const unread = seenHere.filter(({ id, isOut }) => !isOut && id > dialog.readInboxMaxId).length
    const isSaved = peer === `user ${userOf(context)}`
    if (!isSaved && unread !== dialog.unreadCount)
      wrong.push(`6: ${peer} has ${unread} unread, not ${dialog.unreadCount}`)
  }
  return { dialogs, messages: found, polls, wrong }
}

/** Nobody is told of votes in groups that they have left, but whoever asks sees them. */
function wasAway(scene: Scene, userId: bigint, peer: string): boolean {
  return scene.moved.has(`${peer.replace('chat ', '')} ${userId}`)
}

function userOf({ caller }: HandlerContext): bigint {
  return caller.state.at === 'authorized' ? caller.state.userId : 0n
}

/** 3. The pages of getDialogs together have every chat once. */
async function readDialogs(scene: Scene, context: HandlerContext, wrong: string[]) {
  const getDialogs = HANDLERS['messages.getDialogs']
  if (getDialogs === undefined) throw new Error('not built')
  const dialogs = new Map<string, Dialog & { _: 'dialog' }>()
  let [offsetDate, offsetId] = [0, 0]
  let offsetPeer: Parameters<typeof getDialogs>[0]['offsetPeer'] = { _: 'inputPeerEmpty' }
  const limit = scene.rng.between(1, 5)
  for (;;) {
    const page = await getDialogs(
      { _: 'messages.getDialogs', offsetDate, offsetId, offsetPeer, limit, hash: 0n },
      context,
    )
    if (page._ === 'messages.dialogsNotModified') return dialogs
    for (const peer of missingPeers(page)) wrong.push(`4: getDialogs names ${peer} without telling of it`)
    for (const dialog of page.dialogs) {
      if (dialog._ !== 'dialog') continue
      const name = nameOf(dialog.peer)
      if (dialogs.has(name)) wrong.push(`3: ${name} is on two pages of chats`)
      dialogs.set(name, dialog)
    }
    const last = page.dialogs.at(-1)
    if (last?._ !== 'dialog' || page.dialogs.length < limit) return dialogs
    const message = page.messages.find(({ id }) => id === last.topMessage)
    if (message === undefined || message._ === 'messageEmpty') {
      wrong.push(`3: the page has no top message of ${nameOf(last.peer)}`)
      return dialogs
    }
    ;[offsetDate, offsetId] = [message.date, last.topMessage]
    offsetPeer = inputPeerOf(context, last.peer, page)
  }
}

function inputPeerOf(
  context: HandlerContext,
  peer: Peer,
  { users }: { readonly users: readonly User[] },
): InputPeer {
  if (peer._ === 'peerChat') return { _: 'inputPeerChat', chatId: peer.chatId }
  if (peer._ !== 'peerUser' || peer.userId === userOf(context)) return { _: 'inputPeerSelf' }
  const user = users.find(({ id }) => id === peer.userId)
  const accessHash = user?._ === 'user' ? (user.accessHash ?? 0n) : 0n
  return { _: 'inputPeerUser', userId: peer.userId, accessHash }
}

/** 3. The pages of getHistory together have every message of a chat once, the newest first. */
async function readHistory(
  scene: Scene,
  context: HandlerContext,
  dialog: Dialog & { _: 'dialog' },
  wrong: string[],
): Promise<Message[]> {
  const getHistory = HANDLERS['messages.getHistory']
  if (getHistory === undefined) throw new Error('not built')
  const name = nameOf(dialog.peer)
  const peer: InputPeer =
    dialog.peer._ === 'peerUser'
      ? scene.peer({ userId: userOf(context) }, dialog.peer.userId)
      : { _: 'inputPeerChat', chatId: dialog.peer._ === 'peerChat' ? dialog.peer.chatId : 0n }
  const history: Message[] = []
  const limit = scene.rng.between(1, 20)
  for (let offsetId = 0; ; ) {
    const page = await getHistory(
      {
        _: 'messages.getHistory',
        peer,
        offsetId,
        offsetDate: 0,
        addOffset: 0,
        limit,
        maxId: 0,
        minId: 0,
        hash: 0n,
      },
      context,
    )
    if (page._ === 'messages.messagesNotModified') return history
    for (const missed of missingPeers(page)) wrong.push(`4: getHistory names ${missed} without telling of it`)
    for (const message of page.messages) {
      const before = history.at(-1)
      if (before !== undefined && message.id >= before.id)
        wrong.push(`3: the history of ${name} does not descend`)
      history.push(message)
    }
    const last = page.messages.at(-1)
    if (last === undefined) {
      if (page._ === 'messages.messagesSlice' && page.count !== history.length)
        wrong.push(`3: ${name} has ${history.length} messages, not ${page.count}`)
      return history
    }
    offsetId = last.id
  }
}

/** 2, 3 and 11. A client knows the messages that the server has, after one from before its time. */
function compareMessages(who: string, known: Knowledge, server: Shown, afterId: number = 0): string[] {
  const wrong: string[] = []
  for (const id of new Set([...known.messages.keys(), ...server.messages.keys()])) {
    const [mine, theirs] = [stable(known.messages.get(id)), stable(server.messages.get(id))]
    if (mine !== theirs && !(mine === undefined && id <= afterId))
      wrong.push(`${who} has ${mine} for ${theirs}`)
  }
  for (const [id, results] of server.polls) {
    const mine = known.polls.get(id)
    if (mine !== undefined && mine !== results) wrong.push(`${who} has poll ${id} as ${mine}, not ${results}`)
  }
  return wrong
}

/** 6. The marks of a client are the server's, and so is the number of unread messages. */
function compareMarks({ knowledge, userId }: Session, { dialogs }: Shown): string[] {
  return [...dialogs].flatMap(([peer, dialog]) => {
    if (peer === `user ${userId}`) return []
    const mark = knowledge.readInbox.get(peer)
    const outbox = knowledge.readOutbox.get(peer) ?? 0
    const wrong: string[] = []
    if (outbox > 0 && outbox !== dialog.readOutboxMaxId)
      wrong.push(`6: ${peer}: outbox mark ${outbox}, not ${dialog.readOutboxMaxId}`)
    if (mark === undefined) return wrong
    const unread = knowledge.of(peer).filter(({ id, isOut }) => !isOut && id > mark).length
    if (unread !== dialog.unreadCount)
      wrong.push(`6: ${peer}: ${unread} unread above ${mark}, not ${dialog.unreadCount}`)
    return wrong
  })
}

/** Drafts, pins of chats, marks, folders and muted chats, of which a client was told. */
function compareSettings(knowledge: Knowledge, { dialogs }: Shown): string[] {
  const wrong: string[] = []
  for (const [peer, dialog] of dialogs) {
    const draft = dialog.draft?._ === 'draftMessage' ? dialog.draft.message : ''
    const settings: Readonly<Record<string, string>> = {
      draft,
      pin: String(dialog.pinned === true),
      mark: String(dialog.unreadMark === true),
      folder: String(dialog.folderId ?? 0),
      mute: String(dialog.notifySettings.muteUntil ?? 0),
    }
    for (const [kind, value] of Object.entries(settings)) {
      const mine = knowledge.settings.get(`${kind} ${peer}`)
      if (mine !== undefined && mine !== value) wrong.push(`2: ${kind} of ${peer} is ${mine}, not ${value}`)
    }
  }
  return wrong
}
