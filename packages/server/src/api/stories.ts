/** Stories, which this server does not have. */
import { constantAnswer, type Handler, type ResultOf } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { peerOf, tlPeer } from './peers.ts'

const NO_STORIES_OF_ALL = constantAnswer<ResultOf<'stories.getAllStories'>>({
  _: 'stories.allStories',
  count: 0,
  state: '',
  peerStories: [],
  chats: [],
  users: [],
  stealthMode: { _: 'storiesStealthMode' },
})
const NO_STORIES = constantAnswer<ResultOf<'stories.getPinnedStories'>>({
  _: 'stories.stories',
  count: 0,
  stories: [],
  chats: [],
  users: [],
})
const NO_ALBUMS = constantAnswer<ResultOf<'stories.getAlbums'>>({
  _: 'stories.albums',
  hash: 0n,
  albums: [],
})

/** Gets the stories of the user's contacts and chats. */
export const getAllStories: Handler<'stories.getAllStories'> = () => NO_STORIES_OF_ALL

/** Gets the stories of a chat. @throws {RpcError} PEER_ID_INVALID */
export const getPeerStories: Handler<'stories.getPeerStories'> = async ({ peer }, context) => {
  const peerId = await peerOf(peer, context)
  const book = peerBook(context)
  book.add(peerId)
  return {
    _: 'stories.peerStories',
    stories: { _: 'peerStories', peer: tlPeer(peerId), stories: [] },
    ...(await book.lists()),
  }
}

/** Gets the stories that stay in a profile. @throws {RpcError} PEER_ID_INVALID */
export const getPinnedStories: Handler<'stories.getPinnedStories'> = async ({ peer }, context) => {
  await peerOf(peer, context)
  return NO_STORIES
}

/** Lists somebody's albums of stories. @throws {RpcError} PEER_ID_INVALID */
export const getAlbums: Handler<'stories.getAlbums'> = async ({ peer }, context) => {
  await peerOf(peer, context)
  return NO_ALBUMS
}

/** Gets the last story of each chat that the user has seen. */
export const getAllReadPeerStories: Handler<'stories.getAllReadPeerStories'> = (_request, { nowS }) => ({
  _: 'updates',
  updates: [],
  users: [],
  chats: [],
  date: nowS,
  seq: 0,
})

/** Gets the id of the latest story of some chats: an entry without one for each. */
export const getPeerMaxIDs: Handler<'stories.getPeerMaxIDs'> = ({ id: peers }) =>
  peers.map(() => ({ _: 'recentStory' }))
