import type { InputMedia, MessageEntity, MessageMedia } from '@cablegram/tl/api'
import type { NewMedia } from '../rules/chats/send-media.ts'
import { refusal } from '../rules/index.ts'
import type { Media, TextEntity } from '../rules/messages/words.ts'
import { checkTexts } from './check-texts.ts'
import { pollOf, tlPollMedia } from './tl-polls.ts'

/** The part of a message besides its text. */
export function tlMedia(media: Media): MessageMedia {
  switch (media.kind) {
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
    case 'inputMediaEmpty':
      throw refusal('MEDIA_EMPTY')
    default:
      throw refusal('MEDIA_INVALID')
  }
}
