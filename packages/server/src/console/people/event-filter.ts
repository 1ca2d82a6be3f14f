import type { BoxEvent, Message, PeerId } from '../../rules/messages/words.ts'
import type { EventKind } from './words.ts'

/** An event as it is looked for: what it is about, before it is put in words. */
export interface FoundEvent {
  readonly kind: EventKind
  readonly peerId?: PeerId
  readonly fromId?: bigint
  readonly message?: Message
  readonly messageIds?: readonly number[]
  readonly isPinned?: boolean
  readonly maxId?: number
  readonly action?: string
}

/** The event that is looked for. */
export interface EventFilter {
  readonly kind: EventKind | undefined
  readonly peerId: PeerId | undefined
  readonly fromId: bigint | undefined
  readonly messageId: number | undefined
}

/** Tells whether an event is looked for. */
export function isWanted(event: FoundEvent, { kind, peerId, fromId, messageId }: EventFilter): boolean {
  if (kind !== undefined && event.kind !== kind) return false
  if (peerId !== undefined && event.peerId !== peerId) return false
  if (fromId !== undefined && event.fromId !== fromId) return false
  return messageId === undefined || idsOf(event).includes(messageId)
}

function idsOf({ message, messageIds = [] }: FoundEvent): readonly number[] {
  return message === undefined ? messageIds : [message.id]
}

/** An event of the log; undefined for the person's own doing, and for what is told elsewhere. */
export function foundIn(event: BoxEvent): FoundEvent | undefined {
  switch (event.kind) {
    case 'newMessage':
    case 'editMessage': {
      const { message } = event
      if (message.isOut) return undefined
      return { kind: event.kind === 'newMessage' ? 'message' : 'edit', ...about(message) }
    }
    case 'deleteMessages':
      return event.standsIn ? undefined : { kind: 'delete', messageIds: event.ids }
    case 'readOutbox':
      return { kind: 'read', peerId: event.peerId, fromId: event.peerId, maxId: event.maxId }
    case 'pinned':
      return { kind: 'pin', peerId: event.peerId, messageIds: event.ids, isPinned: event.isPinned }
    default:
      return undefined
  }
}

/** The chat and the author of a message that an event is about. */
export function about(message: Message): Pick<FoundEvent, 'peerId' | 'fromId' | 'message'> {
  return { peerId: message.peerId, fromId: message.fromId, message }
}
