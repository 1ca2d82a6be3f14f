import { randomLong } from '../../ground/random.ts'
import { type AlbumItem, sendAlbum } from '../../rules/chats/albums.ts'
import { refusing } from '../acts/refusals.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { peerNamed } from './named-peers.ts'
import { ownIdOf } from './own-ids.ts'
import { fileOf } from './send.ts'
import { showMessages } from './show-messages.ts'
import { atHome, type FileSource, withUploads } from './upload.ts'
import type { NewPersonAlbum, PersonMessage } from './words.ts'

/**
 * Sends photos and other files together as somebody. The text stands under the first of them.
 *
 * @param sources their files, by their places; default: the bytes in them, or small files for tests
 * @throws {ConsoleError} 400 FILE_EMPTY, and what the rules refuse
 */
export async function sendAlbumAs(
  on: OnConsole,
  from: Actor,
  album: NewPersonAlbum,
  sources: readonly (FileSource | undefined)[] = [],
): Promise<PersonMessage[]> {
  const actor = await atHome(on, from)
  const { events } = await refusing(write(on, actor, album, sources), 'messages.sendMultiMedia')
  const sent = events.flatMap((event) => (event.kind === 'newMessage' ? event.message : []))
  return await showMessages(on, actor.account.id, sent)
}

async function write(
  on: OnConsole,
  actor: Actor,
  { to, text = '', media, replyTo, isSilent }: NewPersonAlbum,
  sources: readonly (FileSource | undefined)[],
) {
  const peerId = await peerNamed(on, actor.caller, to)
  const reply = replyTo === undefined ? undefined : { id: await ownIdOf(on, actor, replyTo) }
  return await withUploads(on, actor, async (upload) => {
    const items: AlbumItem[] = []
    for (const [place, each] of media.entries()) {
      items.push({
        text: place === 0 ? text : '',
        entities: [],
        randomId: randomLong(on.random),
        media: await fileOf(upload, each, sources[place]),
      })
    }
    const shared = isSilent === true ? { isSilent } : {}
    return await sendAlbum(on, actor.caller, { peerId, items, replyTo: reply, shared, clearsDraft: true })
  })
}
