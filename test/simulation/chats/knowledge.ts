/** A client's knowledge of its box: all that it was told, and nothing else. */
import type { Message, Update } from '@cablegram/tl/api'
import { nameOf, reactionsIn, type SeenMessage, seen, stable, stateOfPoll } from './seen.ts'

/** The members of a group, as they were told last. */
export interface KnownMembers {
  readonly version: number
  readonly userIds: string
}

/** Messages, marks and settings, as far as a client knows them. */
export class Knowledge {
  pts: number
  readonly messages: Map<number, SeenMessage> = new Map()
  readonly removed: Set<number> = new Set()
  readonly readInbox: Map<string, number> = new Map()
  readonly readOutbox: Map<string, number> = new Map()
  readonly members: Map<string, KnownMembers> = new Map()
  readonly polls: Map<string, string> = new Map()
  /** Drafts, pins of chats and the like, by kind and peer. */
  readonly settings: Map<string, string> = new Map()

  constructor(pts: number) {
    this.pts = pts
  }

  add(message: Message): void {
    const known = seen(message)
    if (known === undefined || this.removed.has(known.id)) return
    this.messages.set(known.id, known)
    if (message._ === 'message' && message.media?._ === 'messageMediaPoll') {
      this.polls.set(known.pollId, stateOfPoll(message.media.poll, message.media.results))
    }
  }

  remove(ids: Iterable<number>): void {
    for (const id of ids) {
      this.removed.add(id)
      this.messages.delete(id)
    }
  }

  change(ids: Iterable<number>, change: (message: SeenMessage) => void): void {
    for (const id of ids) {
      const known = this.messages.get(id)
      if (known !== undefined) change(known)
    }
  }

  /** The messages of a chat, the oldest first. */
  of(peer: string): SeenMessage[] {
    return [...this.messages.values()].filter((each) => each.peer === peer).sort((a, b) => a.id - b.id)
  }

  /** Raises a mark. */
  read(marks: Map<string, number>, peer: string, maxId: number): void {
    marks.set(peer, Math.max(maxId, marks.get(peer) ?? 0))
  }

  take(update: Update): void {
    switch (update._) {
      case 'updateNewMessage':
      case 'updateEditMessage':
        this.add(update.message)
        break
      case 'updateDeleteMessages':
        this.remove(update.messages)
        break
      case 'updateReadHistoryInbox':
        this.read(this.readInbox, nameOf(update.peer), update.maxId)
        break
      case 'updateReadHistoryOutbox':
        this.read(this.readOutbox, nameOf(update.peer), update.maxId)
        break
      case 'updatePinnedMessages':
        this.change(update.messages, (message) => {
          message.isPinned = update.pinned === true
        })
        break
      case 'updateReadMessagesContents':
        this.change(update.messages, (message) => {
          message.isUnreadContent = false
        })
        break
      case 'updateMessageReactions':
        this.change([update.msgId], (message) => {
          message.reactions = reactionsIn(update.reactions)
        })
        break
      case 'updateMessagePoll':
        this.polls.set(String(update.pollId), stateOfPoll(update.poll, update.results))
        break
      case 'updateFolderPeers':
        for (const { peer, folderId } of update.folderPeers) this.#move(nameOf(peer), folderId)
        break
      case 'updateChatParticipants':
        this.#takeMembers(update)
        break
      default:
        this.#takeSetting(update)
        break
    }
  }

  /** A chat that goes to another folder is pinned no more. */
  #move(peer: string, folderId: number): void {
    this.#set('folder', peer, folderId)
    this.#set('pin', peer, false)
  }

  #takeMembers({ participants }: Extract<Update, { _: 'updateChatParticipants' }>): void {
    if (participants._ !== 'chatParticipants') return
    const { chatId, version } = participants
    const name = `chat ${chatId}`
    if (version < (this.members.get(name)?.version ?? 0)) return
    const userIds = participants.participants.map(({ userId }) => userId).sort(byId)
    this.members.set(name, { version, userIds: userIds.join() })
  }

  #takeSetting(update: Update): void {
    switch (update._) {
      case 'updateDraftMessage':
        this.#set('draft', nameOf(update.peer), update.draft._ === 'draftMessage' ? update.draft.message : '')
        break
      case 'updateDialogPinned':
        if (update.peer._ === 'dialogPeer') this.#set('pin', nameOf(update.peer.peer), update.pinned === true)
        return
      case 'updatePinnedDialogs':
        this.#set(
          'pins',
          `folder ${update.folderId ?? 0}`,
          stable((update.order ?? []).map((each) => (each._ === 'dialogPeer' ? nameOf(each.peer) : ''))),
        )
        break
      case 'updateDialogUnreadMark':
        if (update.peer._ === 'dialogPeer')
          this.#set('mark', nameOf(update.peer.peer), update.unread === true)
        break
      case 'updateNotifySettings':
        if (update.peer._ === 'notifyPeer')
          this.#set('mute', nameOf(update.peer.peer), update.notifySettings.muteUntil ?? 0)
        break
      case 'updatePeerBlocked':
        this.#set('block', nameOf(update.peerId), update.blocked === true)
        break
    }
  }

  #set(kind: string, peer: string, value: string | number | boolean): void {
    this.settings.set(`${kind} ${peer}`, String(value))
  }
}

function byId(one: bigint, other: bigint): number {
  return one < other ? -1 : Number(one > other)
}
