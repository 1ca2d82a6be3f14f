import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const user = async (world: World) => world.user(await world.server())

type Act = (client: Awaited<ReturnType<typeof user>>) => Promise<unknown>

const of = (method: string, error: string, act: Act): Cause =>
  cause(method, error, async (world) => act(await user(world)))

/** Causes of errors about lists of chats, and about what clients ask of a chat. */
export const DIALOG_CAUSES: readonly Cause[] = [
  of('messages.getSponsoredMessages', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.getSponsoredMessages({ peer: NOBODY }),
  ),
  of('messages.reportMessagesDelivery', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.reportMessagesDelivery({ peer: NOBODY, id: [1] }),
  ),
  of('messages.reportReadMetrics', '400 PEER_ID_INVALID', ({ messages }) =>
    messages.reportReadMetrics({ peer: NOBODY, metrics: [] }),
  ),
  of('payments.getSavedStarGifts', '400 PEER_ID_INVALID', ({ payments }) =>
    payments.getSavedStarGifts({ peer: NOBODY, offset: '', limit: 10 }),
  ),
  of('payments.getStarsStatus', '400 PEER_ID_INVALID', ({ payments }) =>
    payments.getStarsStatus({ peer: NOBODY }),
  ),
  of('stories.getAlbums', '400 PEER_ID_INVALID', ({ stories }) =>
    stories.getAlbums({ peer: NOBODY, hash: 0n }),
  ),
  of('stories.getPeerStories', '400 PEER_ID_INVALID', ({ stories }) =>
    stories.getPeerStories({ peer: NOBODY }),
  ),
  of('stories.getPinnedStories', '400 PEER_ID_INVALID', ({ stories }) =>
    stories.getPinnedStories({ peer: NOBODY, offsetId: 0, limit: 10 }),
  ),
  of('messages.getStickerSet', '406 STICKERSET_INVALID', ({ messages }) =>
    messages.getStickerSet({ stickerset: { _: 'inputStickerSetAnimatedEmoji' }, hash: 0 }),
  ),
]
