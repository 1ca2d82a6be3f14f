import { bytes, int, long, type Row } from '../../../database/columns.ts'
import { type Decision, sql } from '../../../database/decision.ts'
import { idList, LISTED_IDS } from '../../../database/id-list.ts'
import { unseal } from '../../../database/sealed.ts'
import type { Secret } from '../../../database/secret.ts'
import { ofWaitingJson, toWaitingJson } from '../../messages/body-json.ts'
import { addSideEvent } from '../../messages/decide-side-log.ts'
import { mediaIdOf } from '../../messages/message-rows.ts'
import type { MessageContent, PeerId, Reply } from '../../messages/words.ts'

/** The date of a message that waits until the other one is online. */
export const WHEN_ONLINE_S = 0x7ffffffe

/** Messages that wait in one chat of one person. */
export const MAX_QUEUED = 100

/** Ids in a queue have 18 bits in clients. */
const MAX_ID = 262_143

const IN_QUEUE = 'box_id = :boxId AND peer_id = :peerId'
const LISTED = `${IN_QUEUE} AND id IN ${LISTED_IDS}`

const advance = sql`
  INSERT INTO dialogs (box_id, peer_id, last_scheduled_id) VALUES (:boxId, :peerId, 1)
  ON CONFLICT (box_id, peer_id) DO UPDATE SET last_scheduled_id =
    CASE WHEN dialogs.last_scheduled_id >= ${MAX_ID} THEN 1 ELSE dialogs.last_scheduled_id + 1 END
  RETURNING last_scheduled_id`
const insert = sql`
  INSERT INTO scheduled (box_id, peer_id, id, random_id, due_at_s, sealed_message, media_id)
  VALUES (:boxId, :peerId, :id, :randomId, :dueAtS, :sealed, :mediaId)`
const rewrite = sql`
  UPDATE scheduled SET due_at_s = :dueAtS, sealed_message = :sealed, media_id = :mediaId, edited_at_s = :editedAtS
  WHERE ${IN_QUEUE} AND id = :id`
const remove = sql`DELETE FROM scheduled WHERE ${LISTED}`
const findRepeated = sql`SELECT * FROM scheduled WHERE box_id = :boxId AND random_id = :randomId`
const listAll = sql`SELECT * FROM scheduled WHERE ${IN_QUEUE} ORDER BY due_at_s DESC, id DESC`
const listListed = sql`SELECT * FROM scheduled WHERE ${LISTED} ORDER BY due_at_s DESC, id DESC`
const count = sql`SELECT count(*) AS n FROM scheduled WHERE ${IN_QUEUE}`

/** The queue of a chat, as its owner has it. */
export interface Queue {
  readonly boxId: bigint
  readonly peerId: PeerId
}

/** A message to put in a queue. */
export interface NewQueued {
  readonly peerId: PeerId
  readonly randomId: bigint
  readonly dueAtS: number
  readonly content: MessageContent
  /** The message that it will reply to, if that is still there. */
  readonly replyTo?: { readonly id: number } & Reply
  /** In Saved Messages, the chat there that it belongs to. */
  readonly savedPeerId?: PeerId
  /** Its poll was made for it, and goes with it. */
  readonly ownsPoll?: true
}

/** A message that waits for its time. */
export interface Queued extends NewQueued {
  /** Ids count in the queue of a chat. */
  readonly id: number
  /** 0: nobody has edited it. */
  readonly editedAtS: number
}

/** Puts a message at its place in the queue of a chat, under a new id. The box is locked before. */
export function* enqueue(secret: Secret, boxId: bigint, message: NewQueued): Decision<Queued> {
  const { peerId, randomId, dueAtS } = message
  const id = yield* nextId({ boxId, peerId })
  const queued = { ...message, id, editedAtS: 0 }
  const sealed = sealQueued(secret, boxId, queued)
  yield* insert.send({ boxId, peerId, id, randomId, dueAtS, sealed, mediaId: mediaIdOf(message.content) })
  return queued
}

/** Ids come again after a quarter of a million; one that still waits is passed over. */
function* nextId(queue: Queue): Decision<number> {
  for (;;) {
    const id = int((yield* advance.row({ ...queue })) ?? {}, 'last_scheduled_id')
    if ((yield* listListed.row({ ...queue, ids: idList([id]) })) === undefined) return id
  }
}

/** Keeps a message as it is now, under its id. */
export function* requeue(secret: Secret, boxId: bigint, queued: Queued): Decision<void> {
  const { peerId, id, dueAtS, editedAtS } = queued
  const sealed = sealQueued(secret, boxId, queued)
  yield* rewrite.send({ boxId, peerId, id, dueAtS, editedAtS, sealed, mediaId: mediaIdOf(queued.content) })
}

/** Takes messages out of a queue. */
export function* dequeue(queue: Queue, ids: readonly number[]): Decision<void> {
  yield* remove.send({ ...queue, ids: idList(ids) })
}

/** The messages of a queue, or those with these ids: the last one to be sent comes first. */
export function* listQueue(secret: Secret, queue: Queue, ids?: readonly number[]): Decision<Queued[]> {
  const rows =
    ids === undefined
      ? yield* listAll.rows({ ...queue })
      : yield* listListed.rows({ ...queue, ids: idList(ids) })
  return rows.map((row) => toQueued(secret, row))
}

/** The number of messages in a queue. */
export function* countQueue(queue: Queue): Decision<number> {
  return int((yield* count.row({ ...queue })) ?? {}, 'n')
}

/** The message of somebody's that waits under this random id, in whatever chat. */
export function* findQueued(secret: Secret, boxId: bigint, randomId: bigint): Decision<Queued | undefined> {
  const row = yield* findRepeated.row({ boxId, randomId })
  return row && toQueued(secret, row)
}

/** A change in a queue: the message is there, as it is now, or it is there no more. */
export interface QueueChange extends Queue {
  readonly id: number
  /** The id under which it was sent. */
  readonly sentId?: number | undefined
  readonly atS: number
  readonly causedBy: bigint | undefined
}

/** Tells the owner's sessions of a change in a queue. */
export function* tellQueue({ boxId, peerId, id, sentId, atS, causedBy }: QueueChange): Decision<void> {
  const detail = sentId === undefined ? '' : String(sentId)
  yield* addSideEvent(boxId, { kind: 'scheduled', subject: placeOf(peerId, id), detail, atS }, causedBy)
}

const ID_BITS = 18n

/** A place in a queue as one number, under which its changes are kept. */
function placeOf(peerId: PeerId, id: number): bigint {
  return (peerId << ID_BITS) + BigInt(id)
}

/** The place of {@link tellQueue}. */
export function queuePlace(place: bigint): { readonly peerId: PeerId; readonly id: number } {
  return { peerId: place >> ID_BITS, id: Number(BigInt.asUintN(Number(ID_BITS), place)) }
}

type Sealed = Pick<NewQueued, 'content' | 'replyTo' | 'savedPeerId' | 'ownsPoll'>

function toQueued(secret: Secret, row: Row): Queued {
  const [boxId, randomId] = [long(row, 'box_id'), long(row, 'random_id')]
  const plain = unseal(secret, bytes(row, 'sealed_message'), sealedAs(boxId, randomId))
  return {
    ...ofWaitingJson<Sealed>(Buffer.from(plain).toString()),
    peerId: long(row, 'peer_id'),
    id: int(row, 'id'),
    randomId,
    dueAtS: int(row, 'due_at_s'),
    editedAtS: int(row, 'edited_at_s'),
  }
}

function sealQueued(
  secret: Secret,
  boxId: bigint,
  { randomId, content, replyTo, savedPeerId, ownsPoll }: NewQueued,
): Uint8Array {
  const kept = {
    content,
    ...(replyTo !== undefined && { replyTo }),
    ...(savedPeerId !== undefined && { savedPeerId }),
    ...(ownsPoll && { ownsPoll }),
  }
  return secret.seal(Buffer.from(toWaitingJson(kept)), sealedAs(boxId, randomId))
}

/** The random id is unique for its sender. */
function sealedAs(boxId: bigint, randomId: bigint): string {
  return `scheduled message ${randomId} of ${boxId}`
}
