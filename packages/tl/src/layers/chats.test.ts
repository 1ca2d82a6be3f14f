import assert from 'node:assert/strict'
import { test } from 'node:test'
import type * as api from '@cablegram/tl/api'
import { decodeRequest, loadLayer } from '@cablegram/tl/layers'
import { layerSchema } from '../properties/schemas.ts'
import type { TlObject } from '../properties/values.ts'
import { Wire } from '../properties/wire.ts'

/** The answer as a client of an older layer reads it. */
async function answer<M extends api.MethodName>(
  layer: number,
  method: M,
  value: api.Results[M],
): Promise<unknown> {
  const older = layerSchema(layer)
  const result = older.methods.get(method)?.result
  assert.ok(result)
  return new Wire(older).read(result, (await loadLayer(layer)).encodeResult(method, value))
}

/** A boxed value as a client of an older layer reads it. */
async function read<T extends keyof api.Types>(
  layer: number,
  type: T,
  value: api.Types[T],
): Promise<TlObject> {
  const bytes = (await loadLayer(layer)).encode(type, value)
  return new Wire(layerSchema(layer)).read({ kind: 'boxed', name: type }, bytes) as TlObject
}

/** A request of an older layer in the newest form. */
function asked(layer: number, request: TlObject): unknown {
  return decodeRequest(new Wire(layerSchema(layer)).writeObject(request))
}

function push(...updates: readonly api.Update[]): api.Updates {
  return { _: 'updates', updates: [...updates], users: [], chats: [], date: 1, seq: 0 }
}

const FORMATTED: api.TextWithEntities = {
  _: 'textWithEntities',
  text: 'Tea?',
  entities: [{ _: 'messageEntityBold', offset: 0, length: 3 }],
}
const PEER = { _: 'inputPeerUser', userId: 2, accessHash: 3n }

test('who could not be invited is told from 177 on, and older layers get the updates alone', async () => {
  const made: api.messages.InvitedUsers = {
    _: 'messages.invitedUsers',
    updates: push({ _: 'updateMessageID', id: 1, randomId: 2n }),
    missingInvitees: [{ _: 'missingInvitee', userId: 5n }],
  }
  for (const layer of [131, 158, 176])
    assert.deepEqual(await answer(layer, 'messages.createChat', made), made.updates)
  for (const layer of [177, 198])
    assert.equal(((await answer(layer, 'messages.addChatUser', made)) as TlObject)._, 'messages.invitedUsers')
})

test('folders are a bare list up to 170, with names without formatting, and without the place of all chats up to 140', async () => {
  const filters: api.DialogFilter[] = [
    { _: 'dialogFilterDefault' },
    { _: 'dialogFilter', id: 2, title: FORMATTED, pinnedPeers: [], includePeers: [], excludePeers: [] },
  ]
  const value: api.messages.DialogFilters = { _: 'messages.dialogFilters', filters }
  const names = async (layer: number): Promise<unknown> => {
    const got = await answer(layer, 'messages.getDialogFilters', value)
    return (Array.isArray(got) ? got : ((got as TlObject)['filters'] as unknown[])).map(
      (one: TlObject) => one['title'] ?? one._,
    )
  }
  assert.deepEqual(await names(140), ['Tea?'])
  assert.deepEqual(await names(170), ['dialogFilterDefault', 'Tea?'])
  assert.deepEqual(await names(195), ['dialogFilterDefault', 'Tea?'])
  assert.deepEqual(await names(196), ['dialogFilterDefault', FORMATTED])
})

test('a poll is strings up to 177, and its voters are users up to 158', async () => {
  const media: api.MessageMedia = {
    _: 'messageMediaPoll',
    poll: {
      _: 'poll',
      id: 1n,
      question: FORMATTED,
      answers: [{ _: 'pollAnswer', text: FORMATTED, option: Uint8Array.of(7) }],
      hash: 9n,
    },
    results: {
      _: 'pollResults',
      recentVoters: [
        { _: 'peerUser', userId: 5n },
        { _: 'peerChat', chatId: 6n },
      ],
      results: [{ _: 'pollAnswerVoters', option: Uint8Array.of(7) }],
    },
  }
  const poll = async (layer: number): Promise<unknown[]> => {
    const got = (await read(layer, 'MessageMedia', media)) as unknown as typeof media & TlObject
    assert.equal(got._, 'messageMediaPoll')
    const { poll, results } = got as unknown as { poll: TlObject; results: TlObject }
    const [first] = poll['answers'] as TlObject[]
    const [votes] = results['results'] as TlObject[]
    return [poll['question'], first?.['text'], results['recentVoters'], votes?.['voters']]
  }
  assert.deepEqual(await poll(131), ['Tea?', 'Tea?', [5], 0])
  assert.deepEqual(await poll(158), ['Tea?', 'Tea?', [5n], 0])
  assert.deepEqual(await poll(223), [
    FORMATTED,
    FORMATTED,
    [
      { _: 'peerUser', userId: 5n },
      { _: 'peerChat', chatId: 6n },
    ],
    0,
  ])
})

test('votes are of another type up to 158', async () => {
  const value: api.messages.VotesList = {
    _: 'messages.votesList',
    count: 2,
    votes: [
      { _: 'messagePeerVote', peer: { _: 'peerUser', userId: 5n }, option: Uint8Array.of(1), date: 3 },
      { _: 'messagePeerVoteInputOption', peer: { _: 'peerChat', chatId: 5n }, date: 3 },
    ],
    chats: [],
    users: [],
  }
  const got = (await answer(131, 'messages.getPollVotes', value)) as TlObject
  assert.deepEqual(got['votes'], [{ _: 'messageUserVote', userId: 5, option: Uint8Array.of(1), date: 3 }])
})

test('reactions are emoji up to 144, and others are left out there', async () => {
  const reactions: api.MessageReactions = {
    _: 'messageReactions',
    results: [
      { _: 'reactionCount', reaction: { _: 'reactionEmoji', emoticon: '👍' }, count: 2, chosenOrder: 0 },
      { _: 'reactionCount', reaction: { _: 'reactionCustomEmoji', documentId: 1n }, count: 1 },
    ],
  }
  const update: api.Update = {
    _: 'updateMessageReactions',
    peer: { _: 'peerUser', userId: 1n },
    msgId: 1,
    reactions,
  }
  const results = async (layer: number): Promise<unknown> => {
    const [got] = (await read(layer, 'Updates', push(update)))['updates'] as TlObject[]
    return ((got?.['reactions'] as TlObject | undefined)?.['results'] as TlObject[] | undefined)?.map(
      (one) => [one['reaction'], one['chosen'] ?? one['chosenOrder']],
    )
  }
  assert.equal(await results(135), undefined)
  assert.deepEqual(await results(144), [['👍', true]])
  assert.equal(((await results(145)) as unknown[]).length, 2)
})

test('who reacted is another type up to 137, without reactions that are no emoji', async () => {
  const by = (userId: bigint, reaction: api.Reaction): api.MessagePeerReaction => ({
    _: 'messagePeerReaction',
    peerId: { _: 'peerUser', userId },
    date: 1,
    reaction,
  })
  const value: api.messages.MessageReactionsList = {
    _: 'messages.messageReactionsList',
    count: 2,
    reactions: [
      by(5n, { _: 'reactionEmoji', emoticon: '👍' }),
      by(6n, { _: 'reactionCustomEmoji', documentId: 1n }),
    ],
    chats: [],
    users: [],
  }
  const reactions = async (layer: number): Promise<TlObject[]> =>
    ((await answer(layer, 'messages.getMessageReactionsList', value)) as TlObject)['reactions'] as TlObject[]
  const old = { _: 'messageUserReaction', userId: 5n, reaction: '👍' }
  assert.deepEqual(await reactions(136), [old])
  assert.deepEqual(
    (await reactions(144)).map((one) => one['reaction']),
    ['👍'],
  )
  assert.equal((await reactions(145)).length, 2)
})

test('a service message that a layer does not know is said in words', async () => {
  const message: api.Message = {
    _: 'messageService',
    id: 1,
    peerId: { _: 'peerChat', chatId: 1n },
    date: 1,
    action: { _: 'messageActionChatJoinedByRequest' },
  }
  const action = async (layer: number): Promise<unknown> => (await read(layer, 'Message', message))['action']
  assert.deepEqual(await action(131), {
    _: 'messageActionCustomAction',
    message: 'joined the group by request',
  })
  assert.deepEqual(await action(135), { _: 'messageActionChatJoinedByRequest' })
})

test('a bot of 158 is told the one peer that a user has chosen', async () => {
  const message: api.Message = {
    _: 'messageService',
    id: 1,
    peerId: { _: 'peerUser', userId: 1n },
    date: 1,
    action: {
      _: 'messageActionRequestedPeerSentMe',
      buttonId: 4,
      peers: [{ _: 'requestedPeerUser', userId: 8n, firstName: 'Eve' }],
    },
  }
  assert.deepEqual((await read(158, 'Message', message))['action'], {
    _: 'messageActionRequestedPeer',
    buttonId: 4,
    peer: { _: 'peerUser', userId: 8n },
  })
})

test('a draft names the message that it replies to up to 164', async () => {
  const draft: api.DraftMessage = {
    _: 'draftMessage',
    message: 'Hi',
    date: 1,
    replyTo: { _: 'inputReplyToMessage', replyToMsgId: 77 },
  }
  assert.equal((await read(164, 'DraftMessage', draft))['replyToMsgId'], 77)
  assert.equal(((await read(166, 'DraftMessage', draft))['replyTo'] as TlObject)['replyToMsgId'], 77)
})

test('an update about privacy that a layer does not know is left out, also if it is the only one', async () => {
  const update: api.Update = {
    _: 'updatePrivacy',
    key: { _: 'privacyKeyAbout' },
    rules: [{ _: 'privacyValueAllowAll' }],
  }
  assert.deepEqual((await read(158, 'Updates', push(update)))['updates'], [])
  assert.deepEqual(await read(158, 'Updates', { _: 'updateShort', update, date: 1 }), push())
  assert.equal(((await read(160, 'Updates', push(update)))['updates'] as unknown[]).length, 1)
})

test('a reply of 131 to 158 becomes the newest form, with its thread where it has one', () => {
  const request = { _: 'messages.sendMessage', peer: PEER, message: 'Hi', randomId: 5n }
  const old = asked(131, { ...request, replyToMsgId: 9 }) as TlObject
  assert.deepEqual(old['replyTo'], { _: 'inputReplyToMessage', replyToMsgId: 9, topMsgId: undefined })
  assert.equal((asked(131, request) as TlObject)['replyTo'], undefined)
  const later = asked(158, {
    ...request,
    peer: { _: 'inputPeerSelf' },
    replyToMsgId: 9,
    topMsgId: 4,
  }) as TlObject
  assert.deepEqual(later['replyTo'], { _: 'inputReplyToMessage', replyToMsgId: 9, topMsgId: 4 })
})

test('a reaction of 144 becomes a list, and none stays none', () => {
  const request = { _: 'messages.sendReaction', peer: { _: 'inputPeerSelf' }, msgId: 1 }
  const one = asked(144, { ...request, reaction: '👍' }) as TlObject
  assert.deepEqual(one['reaction'], [{ _: 'reactionEmoji', emoticon: '👍' }])
  assert.equal((asked(144, request) as TlObject)['reaction'], undefined)
})

test('the right answers of a quiz are places today, and bytes up to 223', () => {
  const answers = [1, 2, 3].map((option) => ({
    _: 'pollAnswer',
    text: 'x',
    option: Uint8Array.of(option, 9),
  }))
  const media = {
    _: 'inputMediaPoll',
    poll: { _: 'poll', id: 0n, question: 'Tea?', answers, quiz: true },
    correctAnswers: [Uint8Array.of(3, 9), Uint8Array.of(4)],
  }
  const request = { _: 'messages.sendMedia', peer: { _: 'inputPeerSelf' }, media, message: '', randomId: 1n }
  const got = (asked(158, request) as TlObject)['media'] as TlObject
  assert.deepEqual(got['correctAnswers'], [2, -1])
  assert.deepEqual((got['poll'] as TlObject)['question'], {
    _: 'textWithEntities',
    text: 'Tea?',
    entities: [],
  })
})

test('ids of groups were ints in 131, alone and in lists', async () => {
  assert.deepEqual(asked(131, { _: 'messages.getChats', id: [5] }), { _: 'messages.getChats', id: [5n] })
  const update: api.Update = { _: 'updateChatParticipantDelete', chatId: 5n, userId: 6n, version: 1 }
  const [got] = (await read(131, 'Updates', push(update)))['updates'] as TlObject[]
  assert.deepEqual(got, { _: 'updateChatParticipantDelete', chatId: 5, userId: 6, version: 1 })
  const created: api.MessageAction = { _: 'messageActionChatCreate', title: 'T', users: [5n, 6n] }
  assert.deepEqual((await read(131, 'MessageAction', created))['users'], [5, 6])
})

test('the buttons of bots are read in the form of their layer', () => {
  const data = new Uint8Array([116, 101, 97])
  const inline = {
    _: 'replyInlineMarkup',
    rows: [
      {
        _: 'keyboardButtonRow',
        buttons: [
          { _: 'keyboardButtonCallback', text: 'Tea', data, requiresPassword: true },
          { _: 'keyboardButtonUrl', text: 'Page', url: 'https://example.org' },
        ],
      },
    ],
  }
  const keyboard = {
    _: 'replyKeyboardMarkup',
    resize: true,
    rows: [{ _: 'keyboardButtonRow', buttons: [{ _: 'keyboardButton', text: 'Tea' }] }],
  }
  for (const layer of [131, 144, 158, 177, 198, 223]) {
    const markupOf = (replyMarkup: TlObject): unknown => {
      const request = { _: 'messages.sendMessage', peer: PEER, message: 'a', randomId: 1n, replyMarkup }
      return (asked(layer, request) as TlObject)['replyMarkup']
    }
    assert.deepEqual(plain(markupOf(inline)), plain(inline), `layer ${layer}`)
    assert.deepEqual(plain(markupOf(keyboard)), plain(keyboard), `layer ${layer}`)
  }
})

test('from 229 on, buttons have a type beside their text', async () => {
  const data = new Uint8Array([116, 101, 97])
  const style: api.KeyboardButtonStyle = { _: 'keyboardButtonStyle', bgDanger: true }
  const old: Record<'inline' | 'keyboard', api.KeyboardButton[]> = {
    inline: [
      { _: 'keyboardButtonCallback', text: 'Tea', style, requiresPassword: true, data },
      { _: 'keyboardButtonUrl', text: 'Page', url: 'https://example.org' },
      { _: 'keyboardButtonSwitchInline', text: 'Share', query: 'tea', samePeer: true },
      { _: 'keyboardButtonUserProfile', text: 'Ada', userId: 5n },
      { _: 'keyboardButtonCopy', text: 'Copy', copyText: 'tea' },
    ],
    keyboard: [
      { _: 'keyboardButton', text: 'Tea' },
      { _: 'keyboardButtonRequestPhone', text: 'Call me', style },
      { _: 'keyboardButtonRequestPoll', text: 'Ask', quiz: true },
    ],
  }
  const now = {
    inline: [
      { text: 'Tea', style, type: { _: 'inlineButtonTypeCallback', requiresPassword: true, data } },
      { text: 'Page', type: { _: 'inlineButtonTypeUrl', url: 'https://example.org' } },
      { text: 'Share', type: { _: 'inlineButtonTypeSwitchInline', query: 'tea', samePeer: true } },
      { text: 'Ada', type: { _: 'inlineButtonTypeUserProfile', userId: 5n } },
      { text: 'Copy', type: { _: 'inlineButtonTypeCopy', copyText: 'tea' } },
    ].map((button) => ({ _: 'keyboardInlineButton', ...button })),
    keyboard: [
      { text: 'Tea', type: { _: 'buttonTypeDefault' } },
      { text: 'Call me', style, type: { _: 'buttonTypeRequestPhone' } },
      { text: 'Ask', type: { _: 'buttonTypeRequestPoll', quiz: true } },
    ].map((button) => ({ _: 'keyboardButton', ...button })),
  }
  const markups: { value: api.ReplyMarkup; wire: TlObject }[] = [
    {
      value: { _: 'replyInlineMarkup', rows: [{ _: 'keyboardButtonRow', buttons: old.inline }] },
      wire: { _: 'replyInlineMarkup', rows: [{ _: 'keyboardInlineButtonRow', buttons: now.inline }] },
    },
    {
      value: { _: 'replyKeyboardMarkup', rows: [{ _: 'keyboardButtonRow', buttons: old.keyboard }] },
      wire: { _: 'replyKeyboardMarkup', rows: [{ _: 'keyboardButtonRow', buttons: now.keyboard }] },
    },
  ]
  for (const { value, wire } of markups) {
    assert.deepEqual(plain(await read(229, 'ReplyMarkup', value)), plain(wire))
    const request = { _: 'messages.sendMessage', peer: PEER, message: 'a', randomId: 1n, replyMarkup: wire }
    assert.deepEqual(plain((asked(229, request) as TlObject)['replyMarkup']), plain(value))
  }
})

test('a button that does nothing is refused', () => {
  const button = { _: 'keyboardInlineButton', text: 'Tea', type: { _: 'inlineButtonTypeDisabled' } }
  const replyMarkup = { _: 'replyInlineMarkup', rows: [{ _: 'keyboardInlineButtonRow', buttons: [button] }] }
  const request = { _: 'messages.sendMessage', peer: PEER, message: 'a', randomId: 1n, replyMarkup }
  assert.throws(() => asked(229, request), { name: 'DecodeError' })
})

test('at layer 232 replies and full profiles have other ids, and are understood', async () => {
  const replyTo = { _: 'inputReplyToMessage', replyToMsgId: 5, quoteText: 'tea', quoteOffset: 2 }
  const request = { _: 'messages.sendMessage', peer: PEER, message: 'a', randomId: 1n, replyTo }
  assert.deepEqual(plain((asked(232, request) as TlObject)['replyTo']), plain(replyTo))
  const idOf = (bytes: Uint8Array): number => Buffer.from(bytes).readUInt32LE()
  const { encode } = await loadLayer(232)
  assert.equal(idOf(encode('MessageReplyHeader', { _: 'messageReplyHeader', replyToMsgId: 5 })), 0xddb5ab75)
  const full: api.UserFull = {
    _: 'userFull',
    id: 5n,
    settings: { _: 'peerSettings' },
    notifySettings: { _: 'peerNotifySettings' },
    commonChatsCount: 0,
  }
  assert.equal(idOf(encode('UserFull', full)), 0xb90c2afd)
  assert.deepEqual(plain(await read(232, 'UserFull', full)), plain(full))
})

/** A value without its absent fields. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]))
}
