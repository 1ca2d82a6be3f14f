import type {
  Button,
  Document,
  DocumentAttribute,
  Markup,
  Media,
  Message,
  PeerId,
  Photo,
  SeenPoll,
  SeenReactions,
  ServiceAction,
  Shown,
  TextEntity,
} from '../../rules/messages/words.ts'
import type { OnConsole } from '../on-console.ts'
import { nameOf, sizesOf } from './files-of-media.ts'
import { type Cards, peerCards } from './peer-cards.ts'
import type {
  PersonMessage,
  SeenAnswer,
  SeenButton,
  SeenEntity,
  SeenMedia,
  SeenReaction,
  SeenService,
} from './words.ts'

/** Messages of somebody's box in words. */
export async function showMessages(
  on: OnConsole,
  viewerId: bigint,
  messages: readonly Message[],
): Promise<PersonMessage[]> {
  const cards = await peerCards(on, viewerId, messages.flatMap(peersOf))
  return messages.map((message) => showMessage(message, { viewerId, cards }))
}

/** A message of somebody's box in words. */
export async function showOne(on: OnConsole, viewerId: bigint, message: Message): Promise<PersonMessage> {
  const cards = await peerCards(on, viewerId, peersOf(message))
  return showMessage(message, { viewerId, cards })
}

function peersOf({ peerId, fromId, forward }: Message): PeerId[] {
  return [peerId, fromId, ...(forward?.fromId === undefined ? [] : [forward.fromId])]
}

interface Viewing {
  readonly viewerId: bigint
  readonly cards: Cards
}

function showMessage(message: Message, { viewerId, cards }: Viewing): PersonMessage {
  const { id, peerId, fromId, text, dateS, isOut, entities, media, reactions, action } = message
  return {
    id,
    boxId: Number(viewerId),
    chat: cards(peerId),
    from: cards(fromId),
    text,
    dateS,
    isOut,
    ...(entities.length > 0 && { entities: entities.map(showEntity) }),
    ...marks(message, cards),
    ...(media && { media: showMedia(media) }),
    ...(message.groupedId !== undefined && { albumId: String(message.groupedId) }),
    ...(message.markup && showMarkup(message.markup)),
    ...(reactions && reactions.counts.length > 0 && { reactions: showReactions(reactions) }),
    ...(action && { service: showService(action) }),
  }
}

function marks(message: Message, cards: Cards): Partial<PersonMessage> {
  const { editedAtS, replyToId, forward, isSilent, isPinned, isMentioned } = message
  return {
    ...(editedAtS !== undefined && { editedAtS }),
    ...(replyToId !== undefined && { replyTo: replyToId }),
    ...(forward?.fromId !== undefined && { forwardedFrom: cards(forward.fromId) }),
    ...(isSilent && { isSilent }),
    ...(isPinned && { isPinned }),
    ...(isMentioned && { isMentioned }),
  }
}

function showEntity(entity: TextEntity): SeenEntity {
  const { kind, offset, length } = entity
  const place = { kind, offset, length }
  switch (entity.kind) {
    case 'pre':
      return { ...place, language: entity.language }
    case 'textUrl':
      return { ...place, url: entity.url }
    case 'mentionName':
      return { ...place, userId: Number(entity.userId) }
    case 'customEmoji':
      return { ...place, documentId: String(entity.documentId) }
    case 'blockquote':
      return { ...place, isCollapsed: entity.isCollapsed }
    default:
      return place
  }
}

/** The part of a message besides its text in words. */
export function showMedia(media: Media): SeenMedia {
  switch (media.kind) {
    case 'photo':
      return showPhoto(media)
    case 'document':
      return showDocument(media)
    case 'poll':
      return media.poll === undefined ? { kind: 'poll' } : showPoll(media.poll)
    case 'contact': {
      const { kind, phone, firstName, lastName } = media
      return { kind, phone, firstName, lastName }
    }
    case 'geo':
      return media
    case 'venue': {
      const { kind, lat, long, title, address } = media
      return { kind, lat, long, title, address }
    }
    case 'dice':
      return { kind: 'dice', emoji: media.emoticon, value: media.value }
  }
}

function showPhoto({ sizes, isSpoiler }: Photo & Shown): SeenMedia {
  const [largest] = sizes.toSorted((one, other) => other.width - one.width)
  const { width, height, bytes } = largest ?? {}
  return { kind: 'photo', bytes, width, height, sizes, ...(isSpoiler && { isSpoiler }) }
}

function showDocument(document: Document & Shown): SeenMedia {
  const { mime, size: bytes, attributes, isSpoiler } = document
  const sizes = sizesOf(document)
  const fileName = nameOf(document)
  return {
    kind: kindOf(attributes),
    ...(fileName !== undefined && { fileName }),
    mime,
    bytes,
    ...measuresIn(attributes),
    ...(sizes.length > 0 && { sizes }),
    ...(isSpoiler && { isSpoiler }),
  }
}

/** The kind of a document as people know it: the first of these attributes says it. */
function kindOf(attributes: readonly DocumentAttribute[]): string {
  const has = (kind: DocumentAttribute['kind']): boolean => attributes.some((each) => each.kind === kind)
  if (has('customEmoji')) return 'customEmoji'
  if (has('sticker')) return 'sticker'
  if (has('animated')) return 'animation'
  const [video, audio] = [attributes.find(isVideo), attributes.find(isAudio)]
  if (video !== undefined) return video.isRound ? 'round' : 'video'
  if (audio !== undefined) return audio.isVoice ? 'voice' : 'audio'
  return 'document'
}

function measuresIn(attributes: readonly DocumentAttribute[]): Partial<SeenMedia> {
  const [video, audio] = [attributes.find(isVideo), attributes.find(isAudio)]
  const picture = video ?? attributes.find((each) => each.kind === 'imageSize')
  const durationS = video?.durationS ?? audio?.durationS
  return {
    ...(durationS !== undefined && { durationS }),
    ...(picture && { width: picture.width, height: picture.height }),
    ...(audio?.title !== undefined && { title: audio.title }),
  }
}

function isVideo(attribute: DocumentAttribute) {
  return attribute.kind === 'video'
}

function isAudio(attribute: DocumentAttribute) {
  return attribute.kind === 'audio'
}

function showPoll({ question, answers, counts, chosen, totalVoters, isClosed, isQuiz }: SeenPoll): SeenMedia {
  const shown = answers.map(({ text }, place): SeenAnswer => {
    const votes = counts?.[place]
    return { text, ...(votes !== undefined && { votes }), isChosen: chosen.includes(place) }
  })
  return { kind: 'poll', question: question.text, answers: shown, totalVoters, isClosed, isQuiz }
}

function showMarkup(markup: Markup): Pick<PersonMessage, 'markup' | 'buttons'> {
  if (!('rows' in markup)) return { markup: markup.kind }
  return { markup: markup.kind, buttons: markup.rows.map((row) => row.map(showButton)) }
}

function showButton(button: Button): SeenButton {
  const { kind, text } = button
  if (button.kind === 'callback') return { kind, text, data: dataText(button.data) }
  return button.kind === 'url' ? { kind, text, url: button.url } : { kind, text }
}

/** The data of a callback as text. */
export function dataText(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}

function showReactions({ counts }: SeenReactions): SeenReaction[] {
  return counts.map(({ reaction, count, chosenPlace }) => ({
    emoji: reaction,
    count,
    isOwn: chosenPlace !== undefined,
  }))
}

function showService(action: ServiceAction): SeenService {
  const { kind } = action
  const userIds = peopleIn(action)
  return {
    kind,
    ...('title' in action && { title: action.title }),
    ...(userIds && { userIds: userIds.map(Number) }),
  }
}

/** The people or chats that an event is about. */
function peopleIn(action: ServiceAction): readonly bigint[] | undefined {
  if (action.kind === 'requestedPeers') return action.peerIds
  if ('userIds' in action) return action.userIds
  return 'userId' in action ? [action.userId] : undefined
}
