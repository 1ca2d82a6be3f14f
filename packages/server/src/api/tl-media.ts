import type { InputMedia, MessageEntity, MessageMedia } from '@cablegram/tl/api'
import type { NewFile, NewMedia } from '../rules/chats/send-media.ts'
import type { GivenMedia } from '../rules/files/make-media.ts'
import type { MediaSource } from '../rules/files/media-access.ts'
import { refusal } from '../rules/index.ts'
import type { Media, Shown, TextEntity } from '../rules/messages/words.ts'
import { checkTexts } from './check-texts.ts'
import type { BoxViewer } from './side-view.ts'
import { attributesOf, mimeOf, sentFileOf, sentThumbOf, tlFileMedia } from './tl-files.ts'
import { pollOf, tlPollMedia } from './tl-polls.ts'

/** The part of a message besides its text. */
export function tlMedia(media: Media, viewer: BoxViewer, source: MediaSource): MessageMedia {
  switch (media.kind) {
    case 'photo':
    case 'document':
      return tlFileMedia(media, viewer, source)
    case 'poll':
      if (media.poll === undefined) return { _: 'messageMediaUnsupported' }
      return tlPollMedia(media.pollId, media.poll)
    case 'contact':
      return {
        _: 'messageMediaContact',
        phoneNumber: media.phone,
        firstName: media.firstName,
        lastName: media.lastName,
        vcard: media.vcard,
        userId: media.userId,
      }
    case 'geo':
      return {
        _: 'messageMediaGeo',
        geo: { _: 'geoPoint', lat: media.lat, long: media.long, accessHash: 0n },
      }
    case 'venue': {
      const { lat, long, title, address, provider, place: venueId, placeType: venueType } = media
      const geo = { _: 'geoPoint', lat, long, accessHash: 0n } as const
      return { _: 'messageMediaVenue', geo, title, address, provider, venueId, venueType }
    }
    case 'dice':
      return { _: 'messageMediaDice', emoticon: media.emoticon, value: media.value }
  }
}

/**
 * What a client sends besides text.
 *
 * @param textEntities reads entities
 * @throws {RpcError} MEDIA_EMPTY, MEDIA_INVALID
 */
export async function mediaOf(
  media: InputMedia,
  textEntities: (entities: MessageEntity[]) => Promise<TextEntity[]>,
): Promise<NewMedia> {
  switch (media._) {
    case 'inputMediaPoll':
      return { kind: 'poll', poll: await pollOf(media, textEntities) }
    case 'inputMediaDice':
      return { kind: 'dice', emoticon: media.emoticon }
    case 'inputMediaContact': {
      const { phoneNumber: phone, firstName, lastName, vcard } = media
      return { kind: 'contact', phone, firstName, lastName, vcard, userId: 0n }
    }
    case 'inputMediaGeoPoint':
      if (media.geoPoint._ === 'inputGeoPointEmpty') throw refusal('MEDIA_INVALID')
      return { kind: 'geo', lat: media.geoPoint.lat, long: media.geoPoint.long }
    case 'inputMediaVenue': {
      if (media.geoPoint._ === 'inputGeoPointEmpty') throw refusal('MEDIA_INVALID')
      const { title, address, provider, venueId: place, venueType: placeType } = media
      checkTexts(title, address, provider, place, placeType)
      const { lat, long } = media.geoPoint
      return { kind: 'venue', lat, long, title, address, provider, place, placeType }
    }
    case 'inputMediaUploadedPhoto':
    case 'inputMediaUploadedDocument':
    case 'inputMediaPhoto':
    case 'inputMediaDocument':
    case 'inputMediaPhotoExternal':
    case 'inputMediaDocumentExternal':
      return fileMediaOf(media)
    case 'inputMediaEmpty':
      throw refusal('MEDIA_EMPTY')
    default:
      throw refusal('MEDIA_INVALID')
  }
}

/** A photo or document that a client has sent, that the server has already, or that it is to load. */
export type InputFileMedia = Extract<
  InputMedia,
  {
    _: `inputMedia${'Uploaded' | ''}${'Photo' | 'Document'}` | `inputMedia${'Photo' | 'Document'}External`
  }
>

/** Tells whether a client sends a photo or document. */
export function isFileMedia(media: InputMedia): media is InputFileMedia {
  return /^inputMedia((Uploaded)?(Photo|Document)|(Photo|Document)External)$/.test(media._)
}

/** A photo or document as a client sends it. @throws {RpcError} TTL_MEDIA_INVALID, and those of {@link givenFileOf} */
export function fileMediaOf(media: InputFileMedia): NewFile {
  return { kind: 'file', ...shownOf(media), given: givenFileOf(media) }
}

/** The way in which a client wants a photo or document shown. @throws {RpcError} TTL_MEDIA_INVALID */
export function shownOf({ spoiler, ttlSeconds: ttlS }: InputFileMedia): Shown {
  if (ttlS !== undefined && ttlS <= 0) throw refusal('TTL_MEDIA_INVALID')
  return { ...(spoiler && { isSpoiler: true }), ...(ttlS !== undefined && { ttlS }) }
}

/** The photo or document that a client means. @throws {RpcError} MEDIA_EMPTY, MEDIA_INVALID */
export function givenFileOf(media: InputFileMedia): GivenMedia {
  switch (media._) {
    case 'inputMediaUploadedPhoto':
      return { kind: 'photo', file: sentFileOf(media.file), isBig: media.file._ === 'inputFileBig' }
    case 'inputMediaUploadedDocument':
      return {
        kind: 'document',
        file: sentFileOf(media.file),
        thumb: media.thumb && sentThumbOf(media.thumb),
        mime: mimeOf(media.mimeType),
        attributes: attributesOf(media.attributes),
        isPlain: media.forceFile === true,
        staysVideo: media.nosoundVideo === true,
      }
    case 'inputMediaPhotoExternal':
      return { kind: 'web', as: 'photo', url: media.url }
    case 'inputMediaDocumentExternal':
      return { kind: 'web', as: 'document', url: media.url }
    case 'inputMediaPhoto':
    case 'inputMediaDocument': {
      const { id } = media
      if (id._ === 'inputPhotoEmpty' || id._ === 'inputDocumentEmpty') throw refusal('MEDIA_EMPTY')
      const { id: mediaId, accessHash, fileReference: reference } = id
      const of = media._ === 'inputMediaPhoto' ? 'photo' : 'document'
      return { kind: 'known', of, mediaId, accessHash, reference }
    }
  }
}
