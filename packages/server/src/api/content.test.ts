import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InputMedia, MethodName, ReplyMarkup } from '@cablegram/tl/api'
import { LAYERS, loadLayer } from '@cablegram/tl/layers'
import { createWorld } from '../rules/test-world.ts'
import { HANDLERS, type Handler, type RequestOf, type ResultOf } from './index.ts'
import { contextOf } from './test-context.ts'
import { tlMarkup } from './tl-markup.ts'

const PHONE = '9996621234'
const SELF = { _: 'inputPeerSelf' } as const

/** Asks handlers as a signed-in account; each answer must fit in every layer. */
async function createScene() {
  const world = await createWorld()
  const first = await world.caller()
  await world.signIn(first, PHONE)
  const context = contextOf(world, await world.again(first))
  const codecs = await Promise.all(LAYERS.map((layer) => loadLayer(layer)))
  async function ask<M extends MethodName>(
    method: M,
    request: Omit<RequestOf<M>, '_'>,
  ): Promise<ResultOf<M>> {
    const handler: Handler<M> | undefined = HANDLERS[method]
    assert.ok(handler, method)
    const answer = await handler({ _: method, ...request } as unknown as RequestOf<M>, context)
    for (const { layer, canAnswer, encodeResult } of codecs) {
      if (canAnswer(method)) assert.ok(encodeResult(method, answer).length > 0, `${method} in ${layer}`)
    }
    return answer
  }
  let count = 0n
  const send = async (media: InputMedia) =>
    await ask('messages.sendMedia', { peer: SELF, media, message: 'see', randomId: ++count })
  return { ask, send }
}

const tlText = (text: string) => ({ _: 'textWithEntities' as const, text, entities: [] })
const quiz: InputMedia = {
  _: 'inputMediaPoll',
  poll: {
    _: 'poll',
    id: 0n,
    hash: 0n,
    quiz: true,
    publicVoters: true,
    closePeriod: 60,
    question: tlText('Tea?'),
    answers: [
      { _: 'pollAnswer', text: tlText('yes'), option: Uint8Array.of(9) },
      { _: 'inputPollAnswer', text: tlText('no') },
    ],
  },
  correctAnswers: [0],
  solution: 'It is tea.',
  solutionEntities: [{ _: 'messageEntityBold', offset: 0, length: 2 }],
}

test('every layer can carry polls, votes and other media', async () => {
  const { ask, send } = await createScene()
  await send(quiz)
  const vote = await ask('messages.sendVote', { peer: SELF, msgId: 1, options: [Uint8Array.of(9)] })
  assert.ok(vote._ === 'updates')
  const [update] = vote.updates
  assert.ok(update?._ === 'updateMessagePoll')
  const { results, solution, recentVoters } = update.results
  assert.deepEqual(
    results?.map(({ chosen, correct, voters }) => [chosen, correct, voters]),
    [
      [true, true, 1],
      [undefined, undefined, 0],
    ],
  )
  assert.deepEqual([solution, recentVoters?.length], ['It is tea.', 1])
  await ask('messages.getPollResults', { peer: SELF, msgId: 1, pollHash: 0n })
  await ask('messages.getPollVotes', { peer: SELF, id: 1, limit: 10 })
  await ask('messages.getPollVotes', { peer: SELF, id: 1, limit: 10, option: Uint8Array.of(9) })
  const closed = { ...quiz, poll: { ...quiz.poll, closed: true } }
  await ask('messages.editMessage', { peer: SELF, id: 1, media: closed })
  await send({ ...quiz, correctAnswers: [], poll: { ...quiz.poll, quiz: false, multipleChoice: true } })
  await ask('messages.sendVote', { peer: SELF, msgId: 2, options: [Uint8Array.of(9)] })
  await ask('messages.getPollVotes', { peer: SELF, id: 2, limit: 10 })
  await send({ _: 'inputMediaDice', emoticon: '🎰' })
  await send({ _: 'inputMediaContact', phoneNumber: '1', firstName: 'Ada', lastName: '', vcard: '' })
  await send({ _: 'inputMediaGeoPoint', geoPoint: { _: 'inputGeoPoint', lat: 1, long: 2 } })
  const venue = {
    title: 'Tea',
    address: 'Main Street 1',
    provider: 'foursquare',
    venueId: '5',
    venueType: 'cafe',
  }
  const geo = { lat: 1, long: 2 }
  const sent = await send({ _: 'inputMediaVenue', geoPoint: { _: 'inputGeoPoint', ...geo }, ...venue })
  assert.ok(sent._ === 'updates')
  const [, told] = sent.updates
  assert.ok(told?._ === 'updateNewMessage' && told.message._ === 'message')
  assert.deepEqual(told.message.media, {
    _: 'messageMediaVenue',
    geo: { _: 'geoPoint', ...geo, accessHash: 0n },
    ...venue,
  })
  const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n }
  const history = await ask('messages.getHistory', { peer: SELF, ...page })
  assert.ok(history._ === 'messages.messages')
  assert.deepEqual(
    history.messages.map((message) => message._ === 'message' && message.media?._),
    [
      'messageMediaVenue',
      'messageMediaGeo',
      'messageMediaContact',
      'messageMediaDice',
      'messageMediaPoll',
      'messageMediaPoll',
    ],
  )
})

test('every layer can carry reactions', async () => {
  const { ask } = await createScene()
  await ask('messages.sendMessage', { peer: SELF, message: 'good', randomId: 1n })
  const reaction = [{ _: 'reactionEmoji', emoticon: '❤️' } as const]
  const reacted = await ask('messages.sendReaction', { peer: SELF, msgId: 1, reaction })
  assert.ok(reacted._ === 'updates')
  const [update] = reacted.updates
  assert.ok(update?._ === 'updateMessageReactions')
  assert.deepEqual(update.reactions.results, [
    { _: 'reactionCount', chosenOrder: 1, reaction: { _: 'reactionEmoji', emoticon: '❤' }, count: 1 },
  ])
  await ask('messages.getMessagesReactions', { peer: SELF, id: [1] })
  await ask('messages.getMessageReactionsList', { peer: SELF, id: 1, limit: 10 })
  const page = { offsetId: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0 }
  await ask('messages.getUnreadReactions', { peer: SELF, ...page })
  await ask('messages.readReactions', { peer: SELF })
  const pictures = await ask('messages.getAvailableReactions', { hash: 0 })
  assert.ok(pictures._ === 'messages.availableReactions')
  const icon = pictures.reactions[0]?.staticIcon
  assert.ok(icon?._ === 'document')
  const { id, accessHash, fileReference, size } = icon
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  const part = await ask('upload.getFile', { location, offset: 0n, limit: 4096 })
  assert.ok(part._ === 'upload.file')
  assert.deepEqual([part.type._, BigInt(part.bytes.length)], ['storage.fileWebp', size])
  await ask('messages.getTopReactions', { limit: 50, hash: 0n })
  await ask('messages.getRecentReactions', { limit: 50, hash: 0n })
  await ask('messages.clearRecentReactions', {})
  await ask('messages.getMessages', { id: [{ _: 'inputMessageID', id: 1 }] })
})

const requestPeer = {
  kind: 'requestPeer',
  text: 'a',
  buttonNumber: 1,
  asksFor: { kind: 'user', isBot: true },
  most: 2,
  needsName: true,
  needsUsername: true,
} as const

test('every layer can carry buttons', async () => {
  const style = { background: 'primary', iconId: 5n } as const
  const all: readonly ReplyMarkup[] = [
    tlMarkup({
      kind: 'inline',
      rows: [
        [
          { kind: 'callback', text: 'a', data: 'YQ==', needsPassword: true, style },
          { kind: 'url', text: 'a', url: 'example.org' },
          { kind: 'switchInline', text: 'a', query: 'b', isSamePeer: false, peerTypes: ['user', 'group'] },
          { kind: 'profile', text: 'a', userId: 5n },
          { kind: 'copy', text: 'a', copied: 'b' },
        ],
      ],
    }),
    tlMarkup({
      kind: 'keyboard',
      rows: [
        [{ kind: 'text', text: 'a' }],
        [{ kind: 'requestPoll', text: 'a', isQuiz: true }],
        [requestPeer],
      ],
      isResized: true,
      isSingleUse: true,
      isSelective: true,
      isPersistent: true,
      placeholder: 'b',
    }),
    tlMarkup({ kind: 'hide', isSelective: true }),
    tlMarkup({ kind: 'forceReply', isSingleUse: true, isSelective: true, placeholder: 'b' }),
  ]
  for (const layer of LAYERS) {
    const { encode } = await loadLayer(layer)
    for (const replyMarkup of all) {
      const message = {
        _: 'message',
        id: 1,
        peerId: { _: 'peerUser', userId: 5n },
        date: 1,
        message: 'a',
        replyMarkup,
      } as const
      assert.ok(encode('Message', message).length > 0, `${replyMarkup._} in ${layer}`)
    }
  }
})
