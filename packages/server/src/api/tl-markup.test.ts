import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeyboardButton, ReplyMarkup } from '@cablegram/tl/api'
import { markupOf, tlMarkup } from './tl-markup.ts'

const NOBODY = async () => undefined
const style = { _: 'keyboardButtonStyle', bgDanger: true, icon: 7n } as const

function inline(...buttons: readonly KeyboardButton[]): ReplyMarkup {
  return { _: 'replyInlineMarkup', rows: [{ _: 'keyboardButtonRow', buttons: [...buttons] }] }
}

const KEYS: readonly KeyboardButton[] = [
  { _: 'keyboardButton', text: 'a', style },
  { _: 'keyboardButtonRequestPhone', text: 'a' },
  { _: 'keyboardButtonRequestGeoLocation', text: 'a' },
  { _: 'keyboardButtonRequestPoll', text: 'a', quiz: false },
  {
    _: 'keyboardButtonRequestPeer',
    text: 'a',
    buttonId: 1,
    peerType: { _: 'requestPeerTypeUser', bot: true, premium: false },
    maxQuantity: 3,
  },
  {
    _: 'keyboardButtonRequestPeer',
    text: 'a',
    buttonId: 2,
    peerType: {
      _: 'requestPeerTypeChat',
      creator: true,
      hasUsername: false,
      userAdminRights: { _: 'chatAdminRights', banUsers: true },
      botAdminRights: { _: 'chatAdminRights', banUsers: true },
      botParticipant: true,
      forum: false,
    },
    maxQuantity: 1,
  },
  {
    _: 'keyboardButtonRequestPeer',
    text: 'a',
    buttonId: 3,
    peerType: { _: 'requestPeerTypeBroadcast', hasUsername: true },
    maxQuantity: 1,
    style,
  },
]

test('every markup comes back as it was sent', async () => {
  const all: readonly ReplyMarkup[] = [
    inline(
      {
        _: 'keyboardButtonCallback',
        text: 'a',
        data: new Uint8Array([1, 255]),
        requiresPassword: true,
        style,
      },
      { _: 'keyboardButtonUrl', text: 'a', url: 'example.org' },
      { _: 'keyboardButtonSwitchInline', text: 'a', query: 'q', samePeer: true },
      {
        _: 'keyboardButtonSwitchInline',
        text: 'a',
        query: '',
        peerTypes: [{ _: 'inlineQueryPeerTypePM' }, { _: 'inlineQueryPeerTypeBroadcast' }],
      },
      { _: 'keyboardButtonCopy', text: 'a', copyText: 'b' },
    ),
    {
      _: 'replyKeyboardMarkup',
      rows: [{ _: 'keyboardButtonRow', buttons: [...KEYS] }],
      resize: true,
      singleUse: true,
      selective: true,
      persistent: true,
      placeholder: 'b',
    },
    { _: 'replyKeyboardMarkup', rows: [] },
    { _: 'replyKeyboardHide', selective: true },
    { _: 'replyKeyboardForceReply', singleUse: true, placeholder: 'b' },
  ]
  for (const markup of all) assert.deepEqual(tlMarkup(await markupOf(markup, NOBODY)), markup)
})

test('a button for a profile is sent with an access hash and told with an id', async () => {
  const userId = { _: 'inputUser', userId: 5n, accessHash: 6n } as const
  const sent = inline({ _: 'inputKeyboardButtonUserProfile', text: 'a', userId })
  const told = inline({ _: 'keyboardButtonUserProfile', text: 'a', userId: 5n })
  assert.deepEqual(tlMarkup(await markupOf(sent, async () => 5n)), told)
  await assert.rejects(markupOf(sent, NOBODY), { message: 'BUTTON_USER_INVALID' })
})

test('a button that this server does not have is refused', async () => {
  for (const button of [
    { _: 'keyboardButtonGame', text: 'a' },
    { _: 'keyboardButtonBuy', text: 'a' },
    { _: 'keyboardButtonWebView', text: 'a', url: 'example.org' },
  ] as const)
    await assert.rejects(markupOf(inline(button), NOBODY), { message: 'BUTTON_TYPE_INVALID' })
})
