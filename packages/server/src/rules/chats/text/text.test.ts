import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TextEntity } from '../../messages/words.ts'
import { findEntities } from './find.ts'
import { formatText, messageText } from './format.ts'
import { namedIn } from './named.ts'
import { findQuote } from './quote.ts'

type Short = readonly [kind: string, offset: number, length: number]

const PROPERTIES = {
  pre: { language: '' },
  textUrl: { url: 'https://example.org' },
  mentionName: { userId: 5n },
  customEmoji: { documentId: 7n },
  blockquote: { isCollapsed: false },
  date: { dateS: 1, parts: [] },
  diffReplace: { oldText: 'before' },
} as const

function entity([kind, offset, length]: Short): TextEntity {
  const more = kind in PROPERTIES ? PROPERTIES[kind as keyof typeof PROPERTIES] : {}
  return { kind, offset, length, ...more } as TextEntity
}

function formatted(text: string, ...entities: readonly Short[]) {
  const outcome = formatText({ text, entities: entities.map(entity) })
  return [outcome.text, ...outcome.entities.map(({ kind, offset, length }) => [kind, offset, length])]
}

/** The entities that are found in a text, as `kind: part`. */
function found(text: string): string[] {
  return findEntities(text).map(
    ({ kind, offset, length }) => `${kind}: ${text.slice(offset, offset + length)}`,
  )
}

test('control characters become spaces or go, and entities move along', () => {
  assert.deepEqual(formatted('a\tb\r\u202ec\nd', ['bold', 5, 1], ['italic', 1, 3]), [
    'a bc\nd',
    ['italic', 1, 2],
    ['bold', 3, 1],
  ])
  assert.deepEqual(formatted('a\rb', ['bold', 1, 1]), ['ab'])
})

test('a text is trimmed, and entities are cut where it ends', () => {
  assert.deepEqual(formatted(' \n ab \n', ['bold', 0, 7]), ['ab', ['bold', 0, 2]])
  assert.deepEqual(formatted('ab cd', ['bold', 0, 3], ['textUrl', 3, 2]), [
    'ab cd',
    ['bold', 0, 2],
    ['textUrl', 3, 2],
  ])
  assert.deepEqual(formatted('a  b', ['italic', 1, 2]), ['a  b'])
  // The indent of a block of code stays.
  assert.deepEqual(formatted('  x = 1 ', ['pre', 0, 8]), ['  x = 1', ['pre', 0, 7]])
})

test('entities never cross each other', () => {
  const text = 'abcdefghij'
  const cases: readonly (readonly [sent: readonly Short[], kept: readonly Short[]])[] = [
    [
      [
        ['bold', 0, 6],
        ['italic', 2, 2],
      ],
      [
        ['bold', 0, 6],
        ['italic', 2, 2],
      ],
    ],
    [
      [
        ['bold', 0, 4],
        ['italic', 2, 4],
      ],
      [
        ['bold', 0, 4],
        ['italic', 2, 2],
        ['italic', 4, 2],
      ],
    ],
    [
      [
        ['bold', 0, 4],
        ['bold', 3, 3],
      ],
      [['bold', 0, 6]],
    ],
    [
      [
        ['textUrl', 2, 4],
        ['mentionName', 4, 4],
      ],
      [['textUrl', 2, 4]],
    ],
    [
      [
        ['bold', 0, 10],
        ['code', 4, 2],
      ],
      [
        ['bold', 0, 4],
        ['code', 4, 2],
        ['bold', 6, 4],
      ],
    ],
    [
      [
        ['bold', 4, 4],
        ['textUrl', 2, 4],
      ],
      [
        ['textUrl', 2, 4],
        ['bold', 4, 2],
        ['bold', 6, 2],
      ],
    ],
    [
      [
        ['blockquote', 0, 5],
        ['pre', 1, 2],
      ],
      [
        ['blockquote', 0, 5],
        ['pre', 1, 2],
      ],
    ],
    [
      [
        ['blockquote', 0, 5],
        ['pre', 3, 4],
      ],
      [['blockquote', 0, 5]],
    ],
    [
      [
        ['blockquote', 2, 3],
        ['textUrl', 1, 8],
      ],
      [['blockquote', 2, 3]],
    ],
  ]
  for (const [sent, kept] of cases) assert.deepEqual(formatted(text, ...sent), [text, ...kept], `${sent}`)
})

test('an entity that is empty, leaves the text or cuts a character is refused', () => {
  for (const [offset, length] of [
    [-1, 2],
    [0, 0],
    [0, -1],
    [0, 4],
    [3, 1],
    [0, 2],
    [2, 1],
    [2 ** 31 - 1, 1],
  ] as const)
    assert.throws(() => formatted('a😀', ['bold', offset, length]), { message: 'ENTITY_BOUNDS_INVALID' })
  assert.deepEqual(formatted('a😀', ['bold', 1, 2]), ['a😀', ['bold', 1, 2]])
})

test('the limits of a message are counted in characters', () => {
  const send = (text: string, entities: readonly TextEntity[] = []) => messageText({ text, entities }, 1000)
  assert.equal(send('😀'.repeat(4096)).text.length, 8192)
  for (const text of ['a'.repeat(4097), '😀'.repeat(4097), 'a'.repeat(9000)])
    assert.throws(() => send(text), { message: 'MESSAGE_TOO_LONG' })
  for (const text of ['', ' \n\t', '\u200b\u2060', '\r\u202e'])
    assert.throws(() => send(text), { message: 'MESSAGE_EMPTY' })
  const many = Array.from({ length: 150 }, (_, at) => entity(['bold', at * 2, 1]))
  assert.equal(send('a '.repeat(150), many).entities.length, 100)
})

test('a date that no client can write is refused', () => {
  const date = (change: object) => {
    const whole = { kind: 'date', offset: 0, length: 1, dateS: 0, parts: [], ...change } as TextEntity
    return messageText({ text: 'a'.repeat(200), entities: [whole] }, 1000).entities.length
  }
  assert.equal(date({}), 1)
  assert.equal(date({ length: 127 }), 1)
  assert.equal(date({ length: 31, parts: ['dayOfWeek', 'longDate', 'shortTime'] }), 1)
  assert.throws(() => date({ dateS: -1 }), { message: 'ENTITY_DATE_INVALID' })
  assert.throws(() => date({ dateS: 1001 + 1098 * 86_400 }), { message: 'ENTITY_DATE_INVALID' })
  assert.throws(() => date({ parts: ['relative', 'dayOfWeek'] }), { message: 'ENTITY_DATE_FORMAT_INVALID' })
  assert.throws(() => date({ parts: ['shortDate', 'longDate'] }), { message: 'ENTITY_DATE_FORMAT_INVALID' })
  assert.throws(() => date({ length: 32, parts: ['relative'] }), { message: 'ENTITY_DATE_TOO_LONG' })
  assert.throws(() => date({ length: 128 }), { message: 'ENTITY_DATE_TOO_LONG' })
})

test('the server finds names, tags, commands, addresses and numbers', () => {
  assert.deepEqual(found('@ada, (@Ada_Byron) @gif x@ada_ @ab ö@ada_'), [
    'mention: @Ada_Byron',
    'mention: @gif',
  ])
  assert.deepEqual(found('#tag #1 #ta2@channel #a#b x#tag #größe'), [
    'hashtag: #tag',
    'hashtag: #ta2@channel',
    'hashtag: #größe',
  ])
  assert.deepEqual(found(`#${'a'.repeat(300)}`), [`hashtag: #${'a'.repeat(256)}`])
  assert.deepEqual(found('$USD $usd $1INCH $TOOLONGNAME US$AB'), ['cashtag: $USD', 'cashtag: $1INCH'])
  assert.deepEqual(found('/start /a@robot 1/2 //x a/b /x@ab'), ['botCommand: /start', 'botCommand: /a@robot'])
  assert.deepEqual(found('ada@example.org, a.b+c@x-y.co.uk mailto:me@example.com @a@b.de'), [
    'email: ada@example.org',
    'email: a.b+c@x-y.co.uk',
    'email: me@example.com',
  ])
  assert.deepEqual(found('+49 30 1234567, +1 (555) 010-9999; 12345678 +12'), [
    'phone: +49 30 1234567',
    'phone: +1 (555) 010-9999',
  ])
})

test('the server finds links, without the sentence around them', () => {
  for (const [text, url] of [
    ['see example.com.', 'example.com'],
    ['(https://example.com/a_(b)).', 'https://example.com/a_(b)'],
    ['HTTP://Example.COM:8080/x?y=1#z!', 'HTTP://Example.COM:8080/x?y=1#z'],
    ['https://host.internal/a', 'https://host.internal/a'],
    ['http://user:secret@example.org/', 'http://user:secret@example.org/'],
    ['127.0.0.1:80/index', '127.0.0.1:80/index'],
    ['пример.рф', 'пример.рф'],
    ['tg://resolve?domain=ada', 'tg://resolve?domain=ada'],
    ['t.me/ada', 't.me/ada'],
    ['«example.com/x»', 'example.com/x'],
    ['xn--e1afmkfd.xn--p1ai', 'xn--e1afmkfd.xn--p1ai'],
  ] as const)
    assert.deepEqual(found(text), [`url: ${url}`])
  for (const text of [
    'file.ts',
    'e.g',
    '1.5',
    '300.1.1.1',
    'a_b.c_d',
    'https://localhost/',
    'a..com',
    'foo.com_',
    'x.y-.com',
    'example.com:99999',
  ])
    assert.deepEqual(found(text), [], text)
})

test('the server adds nothing inside of code and links', () => {
  assert.deepEqual(formatted('@ada_b @ada_b @ada_b', ['code', 0, 6], ['textUrl', 7, 6], ['bold', 12, 8]), [
    '@ada_b @ada_b @ada_b',
    ['code', 0, 6],
    ['textUrl', 7, 6],
    ['bold', 12, 1],
    ['bold', 13, 7],
    ['mention', 14, 6],
  ])
  // A client cannot say what the server finds.
  assert.deepEqual(formatted('hello', ['mention', 0, 5], ['url', 0, 5], ['phone', 1, 2]), ['hello'])
})

test('a quote is found in the text, the place nearest to the named one', () => {
  const text = 'one two one two one'
  const quote = (part: string, offset: number, ...entities: readonly Short[]) =>
    findQuote({ text: part, offset, entities: entities.map(entity) }, text)
  assert.equal(quote('one', 0)?.offset, 0)
  assert.equal(quote('one', 9)?.offset, 8)
  assert.equal(quote('one', 99)?.offset, 16)
  assert.equal(quote(' two ', 1)?.text, 'two')
  assert.equal(quote('three', 0), undefined)
  assert.equal(quote(' ', 0), undefined)
  assert.equal(findQuote({ text: 'a'.repeat(1025), offset: 0, entities: [] }, 'a'.repeat(2000)), undefined)
  assert.deepEqual(quote('two', 0, ['bold', 0, 3], ['textUrl', 0, 2], ['customEmoji', 0, 1])?.entities, [
    entity(['bold', 0, 3]),
    entity(['customEmoji', 0, 1]),
  ])
})

test('a text names people by their usernames and by their ids', () => {
  const { text, entities } = formatText({
    text: '@Grace @grace and Ada',
    entities: [{ kind: 'mentionName', offset: 18, length: 3, userId: 5n }],
  })
  assert.deepEqual(namedIn({ text, entities }), { userIds: [5n], usernames: ['grace'] })
})

const KINDS = [
  ...[
    'bold',
    'italic',
    'underline',
    'strike',
    'spoiler',
    'code',
    'mention',
    'url',
    'diffInsert',
    'diffDelete',
  ],
  ...Object.keys(PROPERTIES),
]
const WORDS = [
  'a',
  ' ',
  '\n',
  '\r',
  '\t',
  '\u202a',
  '\u200b',
  '😀',
  'é',
  '@abcd',
  '#x',
  '$USD',
  '/go',
  'x.com',
  'b@c.de',
  '.',
  '(',
  ')',
  '://',
  '+491234567',
]

/** Texts with every sort of character, and entities that fit in them. */
const written = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    {
      maxLength: 30,
    },
  )
  .map((parts) => parts.join(''))
  .chain((text) => {
    const edges = [0]
    for (const character of text) edges.push((edges.at(-1) ?? 0) + character.length)
    const place = fc.nat({ max: edges.length - 1 })
    const span = fc.tuple(fc.constantFrom(...KINDS), place, place).map(([kind, from, to]) => {
      const [start, end] = [edges[Math.min(from, to)] ?? 0, edges[Math.max(from, to)] ?? 0]
      return entity([kind, start, end - start])
    })
    const spans = fc.array(span, { maxLength: 12 }).map((all) => all.filter(({ length }) => length > 0))
    return fc.record({ text: fc.constant(text), entities: spans })
  })

test('whatever is written: entities lie within the text, nest, and keep characters whole', () => {
  fc.assert(
    fc.property(written, (each) => {
      const { text, entities } = formatText(each)
      assert.doesNotMatch(text, /[ \n]$/)
      assert.doesNotMatch(text, /[\r\u2028-\u202e]/)
      assert.ok(text.isWellFormed())
      const open: number[] = []
      let at = 0
      for (const { kind, offset, length } of entities) {
        const end = offset + length
        assert.ok(length > 0 && offset >= at && end <= text.length, `${kind} ${offset} ${length}`)
        assert.ok(text.slice(offset, end).isWellFormed())
        at = offset
        while ((open.at(-1) ?? Infinity) <= offset) open.pop()
        assert.ok(end <= (open.at(-1) ?? Infinity), `${kind} ${offset} ${length} crosses`)
        open.push(end)
      }
    }),
    { numRuns: 1000 },
  )
})

test('the outcome of the outcome is the same', () => {
  fc.assert(
    fc.property(written, (each) => {
      const once = formatText(each)
      assert.deepEqual(formatText(once), once)
    }),
    { numRuns: 1000 },
  )
})

test('no text takes long', () => {
  for (const word of [
    ...WORDS,
    'a.',
    'a@',
    'a@a.',
    '#a',
    '#a#',
    '://',
    'a_',
    '\u0301',
    'x.com/',
    '(',
    '@a',
    '/a@',
    '+1 ',
    '1.1.',
  ]) {
    const before = process.cpuUsage()
    formatText({ text: word.repeat(8192 / word.length), entities: [] })
    // Of the processor: this process may be kept waiting.
    const { user, system } = process.cpuUsage(before)
    assert.ok(user + system < 1_000_000, word)
  }
})
