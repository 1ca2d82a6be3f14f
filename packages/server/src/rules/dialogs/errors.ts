/** Errors of lists of chats, and of what clients ask about a chat. */
export const DIALOG_ERRORS = [
  {
    code: 400,
    name: 'PEER_ID_INVALID',
    methods: [
      'messages.getSponsoredMessages',
      'messages.reportMessagesDelivery',
      'messages.reportReadMetrics',
      'payments.getSavedStarGifts',
      'payments.getStarsStatus',
      'stories.getAlbums',
      'stories.getPeerStories',
      'stories.getPinnedStories',
    ],
  },
  { code: 406, name: 'STICKERSET_INVALID', methods: ['messages.getStickerSet'] },
] as const
