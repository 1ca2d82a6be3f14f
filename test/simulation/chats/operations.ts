/** Random operations of people in private chats and groups, as their clients know these. */
import { RpcError } from '@cablegram/mtproto'
import type { InputPeer, TextWithEntities, Updates } from '@cablegram/tl/api'
import type { Scene } from './scene.ts'
import { type SeenMessage, sentId } from './seen.ts'
import type { Session } from './session.ts'

type Operation = (scene: Scene, session: Session) => Promise<unknown>

/** Of a request that is repeated while it is under way. */
const MOST_TOGETHER = 4
const EMOJI = ['👍', '👎', '❤', '🔥'] as const

/** A message that the session knows, of a chat that it can name. */
function known(
  scene: Scene,
  session: Session,
  suits: (message: SeenMessage) => boolean = () => true,
): { readonly message: SeenMessage; readonly peer: InputPeer } | undefined {
  const message = scene.any([...session.knowledge.messages.values()].filter(suits).slice(-12))
  const peer = message && scene.peerNamed(session, message.peer)
  return message && peer && { message, peer }
}

async function sendText(scene: Scene, session: Session): Promise<void> {
  const peer = scene.anyPeer(session)
  const [message, randomId] = [scene.nextText(), scene.nextRandomId()]
  const inChat = session.knowledge.of(session.nameOf(peer)).slice(-6)
  const reply = scene.rng.chance(0.3) ? scene.any(inChat) : undefined
  const mention = scene.rng.chance(0.2) ? scene.user(session, scene.otherThan(session)) : undefined
  scene.sent.push({ userId: session.userId, peer, randomId, message })
  const updates = await session.call({
    _: 'messages.sendMessage',
    peer,
    message,
    randomId,
    ...(reply && { replyTo: { _: 'inputReplyToMessage', replyToMsgId: reply.id } }),
    ...(mention && {
      entities: [{ _: 'inputMessageEntityMentionName', offset: 0, length: 4, userId: mention }],
    }),
    ...(scene.rng.chance(0.1) && { silent: true }),
  })
  acknowledge(scene, session, randomId, updates)
}

function acknowledge(scene: Scene, { userId }: Session, randomId: bigint, updates: Updates): void {
  const id = sentId(updates, randomId)
  if (id === undefined) throw new Error('an answer does not name the message that was sent')
  const before = scene.acknowledged.find((each) => each.userId === userId && each.randomId === randomId)
  if (before === undefined) scene.acknowledged.push({ userId, randomId, id })
  else if (before.id !== id) throw new Error('one random id is two messages')
}

/** The same text with the same random id, several times at once, from several sessions. */
async function sendTogether(scene: Scene, session: Session): Promise<void> {
  const peer = scene.anyPeer(session)
  const [message, randomId] = [scene.nextText(), scene.nextRandomId()]
  const own = scene.sessions.filter(({ userId, isAway }) => userId === session.userId && !isAway)
  const send = async (): Promise<void> => {
    const from = scene.any(own) ?? session
    const request = { _: 'messages.sendMessage', peer, message, randomId } as const
    acknowledge(scene, from, randomId, await from.call(request))
  }
  const times = scene.rng.between(2, MOST_TOGETHER)
  if (scene.isSerial) for (let time = 0; time < times; time++) await send()
  const sends = scene.isSerial ? [] : Array.from({ length: times }, send)
  for (const outcome of await Promise.allSettled(sends))
    if (outcome.status === 'rejected') throw outcome.reason
}

async function sendAgain(scene: Scene, session: Session): Promise<void> {
  const sent = scene.any(scene.sent.filter(({ userId }) => userId === session.userId))
  if (sent === undefined) return
  const { peer, randomId, message } = sent
  const updates = await session.call({ _: 'messages.sendMessage', peer, message, randomId })
  acknowledge(scene, session, randomId, updates)
}

async function edit(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session, ({ isOut, pollId }) => isOut && pollId === '')
  if (found === undefined) return
  const { message, peer } = found
  await session.call({ _: 'messages.editMessage', peer, id: message.id, message: scene.nextText() })
}

async function remove(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session)
  if (found === undefined) return
  const neighbours = session.knowledge.of(found.message.peer).map(({ id }) => id)
  const at = neighbours.indexOf(found.message.id)
  const id = neighbours.slice(at, at + scene.rng.between(1, 3))
  const revoke = scene.rng.chance(0.5)
  if (!revoke) await scene.noteOwnDeletion(session, id)
  await session.call({ _: 'messages.deleteMessages', id, ...(revoke && { revoke }) })
}

async function clear(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session)
  if (found === undefined) return
  const revoke = scene.rng.chance(0.3)
  await scene.noteOwnClearing(session, found.message.peer)
  await session.call({
    _: 'messages.deleteHistory',
    peer: found.peer,
    maxId: scene.rng.chance(0.5) ? found.message.id : 0,
    ...(revoke && { revoke }),
    ...(scene.rng.chance(0.3) && { justClear: true }),
  })
  // Updates that came before the answer may be gone, too.
  await scene.noteOwnClearing(session, found.message.peer)
}

async function forward(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session)
  if (found === undefined) return
  const id = [
    ...new Set([
      found.message.id,
      ...session.knowledge
        .of(found.message.peer)
        .slice(-2)
        .map((each) => each.id),
    ]),
  ]
  const randomId = id.map(() => scene.nextRandomId())
  const toPeer = scene.anyPeer(session)
  await session.call({
    _: 'messages.forwardMessages',
    fromPeer: found.peer,
    id: id.sort((a, b) => a - b),
    randomId,
    toPeer,
    ...(scene.rng.chance(0.3) && { dropAuthor: true }),
  })
}

async function pin(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session)
  if (found === undefined) return
  await session.call({
    _: 'messages.updatePinnedMessage',
    peer: found.peer,
    id: found.message.id,
    ...(scene.rng.chance(0.3) && { unpin: true }),
    ...(scene.rng.chance(0.3) && { silent: true }),
  })
}

async function unpinAll(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session, ({ isPinned }) => isPinned)
  if (found !== undefined) await session.call({ _: 'messages.unpinAllMessages', peer: found.peer })
}

async function read(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session, ({ isOut }) => !isOut)
  if (found === undefined) return
  const maxId = scene.rng.chance(0.3) ? 0 : found.message.id
  await session.call({ _: 'messages.readHistory', peer: found.peer, maxId })
}

async function readContents(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session, ({ isUnreadContent }) => isUnreadContent)
  if (found === undefined) return
  const { peer, message } = found
  if (scene.rng.chance(0.5)) await session.call({ _: 'messages.readMessageContents', id: [message.id] })
  else await session.call({ _: 'messages.readMentions', peer })
}

async function react(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session)
  if (found === undefined) return
  const emoticon = scene.rng.pick(EMOJI)
  await session.call({
    _: 'messages.sendReaction',
    peer: found.peer,
    msgId: found.message.id,
    reaction: scene.rng.chance(0.2) ? [] : [{ _: 'reactionEmoji', emoticon }],
  })
}

async function readReactions(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session, ({ reactions }) => reactions !== '')
  if (found !== undefined) await session.call({ _: 'messages.readReactions', peer: found.peer })
}

const OPTIONS = [0, 1, 2].map((number) => Uint8Array.of(number))

async function makePoll(scene: Scene, session: Session): Promise<void> {
  const text = (words: string): TextWithEntities => ({ _: 'textWithEntities', text: words, entities: [] })
  const randomId = scene.nextRandomId()
  const updates = await session.call({
    _: 'messages.sendMedia',
    peer: scene.anyPeer(session),
    media: {
      _: 'inputMediaPoll',
      poll: {
        _: 'poll',
        id: 0n,
        hash: 0n,
        question: text(scene.nextText()),
        answers: OPTIONS.map((option) => ({ _: 'pollAnswer', text: text(`answer ${option}`), option })),
        ...(scene.rng.chance(0.5) && { publicVoters: true }),
        ...(scene.rng.chance(0.3) && { multipleChoice: true }),
      },
    },
    message: '',
    randomId,
  })
  acknowledge(scene, session, randomId, updates)
}

async function vote(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session, ({ pollId }) => pollId !== '')
  if (found === undefined) return
  const { peer, message } = found
  const options = scene.rng.chance(0.2) ? [] : [scene.any(OPTIONS) ?? Uint8Array.of(0)]
  await session.call({ _: 'messages.sendVote', peer, msgId: message.id, options })
}

async function closePoll(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session, ({ pollId, isOut }) => isOut && pollId !== '')
  if (found === undefined) return
  const question: TextWithEntities = { _: 'textWithEntities', text: '', entities: [] }
  const poll = {
    _: 'poll',
    id: BigInt(found.message.pollId),
    hash: 0n,
    question,
    answers: [],
    closed: true,
  } as const
  await session.call({
    _: 'messages.editMessage',
    peer: found.peer,
    id: found.message.id,
    media: { _: 'inputMediaPoll', poll: { ...poll, answers: [] } },
  })
}

async function setRights(scene: Scene, session: Session): Promise<void> {
  const group = scene.any(scene.groups)
  if (group === undefined) return
  await session.call({
    _: 'messages.editChatDefaultBannedRights',
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    bannedRights: {
      _: 'chatBannedRights',
      untilDate: 0,
      ...(scene.rng.chance(0.3) && { sendMessages: true }),
      ...(scene.rng.chance(0.5) && { inviteUsers: true }),
    },
  })
}

async function saveDraft(scene: Scene, session: Session): Promise<void> {
  const message = scene.rng.chance(0.3) ? '' : scene.nextText()
  await session.call({ _: 'messages.saveDraft', peer: scene.anyPeer(session), message })
}

async function setDialog(scene: Scene, session: Session): Promise<void> {
  const found = known(scene, session)
  if (found === undefined) return
  const { peer } = found
  const dialog = { _: 'inputDialogPeer', peer } as const
  const isOn = scene.rng.chance(0.6)
  switch (scene.rng.between(0, 3)) {
    case 0:
      return void (await session.call({
        _: 'messages.toggleDialogPin',
        peer: dialog,
        ...(isOn && { pinned: true }),
      }))
    case 1:
      return void (await session.call({
        _: 'folders.editPeerFolders',
        folderPeers: [{ _: 'inputFolderPeer', peer, folderId: Number(isOn) }],
      }))
    case 2:
      return void (await session.call({
        _: 'messages.markDialogUnread',
        peer: dialog,
        ...(isOn && { unread: true }),
      }))
    default:
      return void (await session.call({
        _: 'account.updateNotifySettings',
        peer: { _: 'inputNotifyPeer', peer },
        settings: { _: 'inputPeerNotifySettings', muteUntil: isOn ? 2_000_000_000 : 0 },
      }))
  }
}

async function setBlock(scene: Scene, session: Session): Promise<void> {
  const id = scene.peer(session, scene.otherThan(session))
  if (scene.rng.chance(0.3)) await session.call({ _: 'contacts.block', id })
  else await session.call({ _: 'contacts.unblock', id })
}

async function makeGroup(scene: Scene, session: Session): Promise<void> {
  if (scene.groups.length > 2) return
  const others = scene.chats.people.filter(({ userId }) => userId !== session.userId && scene.rng.chance(0.7))
  const users = others.map(({ userId }) => scene.user(session, userId))
  const made = await session.call({ _: 'messages.createChat', users, title: scene.nextText() })
  if (made.updates._ !== 'updates') throw new Error(`a group was answered with ${made.updates._}`)
  const missing = new Set(made.missingInvitees.map(({ userId }) => userId))
  for (const { id } of made.updates.chats) {
    scene.groups.push({ chatId: id, creatorId: session.userId })
    for (const { userId } of scene.chats.people) {
      const isIn = others.some((other) => other.userId === userId) && !missing.has(userId)
      if (userId !== session.userId && !isIn) scene.moved.add(`${id} ${userId}`)
    }
  }
}

async function addMember(scene: Scene, session: Session): Promise<void> {
  const group = scene.any(scene.groups)
  if (group === undefined) return
  const { chatId } = group
  const userId = scene.otherThan(session)
  scene.moved.add(`${chatId} ${userId}`)
  const added = await session.call({
    _: 'messages.addChatUser',
    chatId,
    userId: scene.user(session, userId),
    fwdLimit: 0,
  })
  await noteMove(scene, session, added.updates, { chatId, userId, kind: 'in' })
}

async function removeMember(scene: Scene, session: Session): Promise<void> {
  const group = scene.any(scene.groups)
  if (group === undefined) return
  const { chatId, creatorId } = group
  const userId = scene.rng.chance(0.5) ? session.userId : scene.otherThan(session)
  // A group keeps somebody who may let the others in again.
  if (userId === creatorId) return
  scene.moved.add(`${chatId} ${userId}`)
  const updates = await session.call({
    _: 'messages.deleteChatUser',
    chatId,
    userId: scene.user(session, userId),
  })
  await noteMove(scene, session, updates, { chatId, userId, kind: 'out' })
}

async function makeLink(scene: Scene, session: Session): Promise<void> {
  const group = scene.any(scene.groups)
  if (group === undefined || scene.links.length > 3) return
  const invite = await session.call({
    _: 'messages.exportChatInvite',
    peer: { _: 'inputPeerChat', chatId: group.chatId },
    ...(scene.rng.chance(0.5) && { usageLimit: 2 }),
  })
  if (invite._ === 'chatInviteExported') scene.links.push(`${group.chatId} ${invite.link.split('+').at(-1)}`)
}

async function join(scene: Scene, session: Session): Promise<void> {
  const link = scene.any(scene.links)
  if (link === undefined) return
  const [chat = '', hash = ''] = link.split(' ')
  const { userId } = session
  scene.moved.add(`${chat} ${userId}`)
  const joined = await session.call({ _: 'messages.importChatInvite', hash })
  if (joined._ !== 'messages.chatInviteJoinResultOk') return
  await noteMove(scene, session, joined.updates, { chatId: BigInt(chat), userId, kind: 'in' })
}

async function noteMove(
  scene: Scene,
  { userId }: Session,
  updates: Updates,
  move: { readonly chatId: bigint; readonly userId: bigint; readonly kind: 'in' | 'out' },
): Promise<void> {
  if (updates._ !== 'updates') return
  for (const update of updates.updates) {
    if (update._ !== 'updateNewMessage' || update.message._ !== 'messageService') continue
    const bodyId = await scene.bodyOf(userId, update.message.id)
    const noteId = bodyId === undefined ? undefined : await scene.idOf(move.userId, bodyId)
    if (bodyId !== undefined && noteId !== undefined) {
      const left = await scene.statesOf(move.userId, move.chatId)
      scene.moves.push({ ...move, bodyId, noteId, left })
    }
  }
}

async function rename(scene: Scene, session: Session): Promise<void> {
  const group = scene.any(scene.groups)
  if (group === undefined) return
  await session.call({ _: 'messages.editChatTitle', chatId: group.chatId, title: scene.nextText() })
}

async function setAdmin(scene: Scene, session: Session): Promise<void> {
  const group = scene.any(scene.groups)
  if (group === undefined) return
  await session.call({
    _: 'messages.editChatAdmin',
    chatId: group.chatId,
    userId: scene.user(session, scene.otherThan(session)),
    isAdmin: scene.rng.chance(0.7),
  })
}

async function type(scene: Scene, session: Session): Promise<void> {
  const peer = scene.anyPeer(session)
  await session.call({ _: 'messages.setTyping', peer, action: { _: 'sendMessageTypingAction' } })
}

/** A client that was closed for a while, or closes now. */
async function comeAndGo(scene: Scene, session: Session): Promise<void> {
  const away = scene.any(scene.sessions.filter(({ isAway }) => isAway))
  if (away !== undefined && scene.rng.chance(0.6)) away.comeBack()
  else session.leave()
}

/** Operations by name, and how often they are done. */
const OPERATIONS: Readonly<Record<string, readonly [weight: number, run: Operation]>> = {
  sendText: [14, sendText],
  sendTogether: [2, sendTogether],
  sendAgain: [2, sendAgain],
  edit: [5, edit],
  remove: [4, remove],
  clear: [1, clear],
  forward: [3, forward],
  pin: [3, pin],
  unpinAll: [1, unpinAll],
  read: [5, read],
  readContents: [2, readContents],
  react: [4, react],
  readReactions: [1, readReactions],
  makePoll: [2, makePoll],
  vote: [4, vote],
  closePoll: [1, closePoll],
  setRights: [1, setRights],
  saveDraft: [2, saveDraft],
  setDialog: [4, setDialog],
  setBlock: [1, setBlock],
  makeGroup: [3, makeGroup],
  addMember: [3, addMember],
  removeMember: [2, removeMember],
  makeLink: [2, makeLink],
  join: [3, join],
  rename: [1, rename],
  setAdmin: [2, setAdmin],
  type: [1, type],
  comeAndGo: [3, comeAndGo],
}
const LOTS: readonly string[] = Object.entries(OPERATIONS).flatMap(([name, [weight]]) =>
  Array.from({ length: weight }, () => name),
)

/** The names of all operations. */
export const OPERATION_NAMES: readonly string[] = Object.keys(OPERATIONS)

/** Does something at random. Refusals by the rules are outcomes like others. @throws {RpcError} errors of the server's own */
export async function operate(scene: Scene): Promise<void> {
  const session = scene.any(scene.sessions.filter(({ isAway }) => !isAway))
  const name = scene.any(LOTS) ?? 'sendText'
  if (session === undefined) return void scene.any(scene.sessions)?.comeBack()
  try {
    await OPERATIONS[name]?.[1](scene, session)
    scene.done.set(name, (scene.done.get(name) ?? 0) + 1)
  } catch (error) {
    if (!(error instanceof RpcError) || error.code >= 500) throw error
    const refused = `${name}: ${error.message}`
    scene.done.set(refused, (scene.done.get(refused) ?? 0) + 1)
  }
}
