import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageEntity } from '@cablegram/tl/api'
import fc from 'fast-check'
import type { FormattedText } from './formatted.ts'
import { isMark, joined, sorted, tidy } from './ranges.ts'
import { fromHtml, fromMarkdown, html, md, toHtml, toMarkdown } from './tags.ts'

const bold = (offset: number, length: number) => ({ _: 'messageEntityBold', offset, length }) as const
const italic = (offset: number, length: number) => ({ _: 'messageEntityItalic', offset, length }) as const
const link = (offset: number, length: number, url: string) =>
  ({ _: 'messageEntityTextUrl', offset, length, url }) as const
const quote = (offset: number, length: number) => ({ _: 'messageEntityBlockquote', offset, length }) as const

const MARKDOWN: readonly (readonly [string, string, readonly MessageEntity[]])[] = [
  ['plain', 'plain', []],
  ['**Hi** there', 'Hi there', [bold(0, 2)]],
  [
    '__a__ --b-- ~~c~~ ||d||',
    'a b c d',
    [
      italic(0, 1),
      { _: 'messageEntityUnderline', offset: 2, length: 1 },
      { _: 'messageEntityStrike', offset: 4, length: 1 },
      { _: 'messageEntitySpoiler', offset: 6, length: 1 },
    ],
  ],
  ['**a __b** c__', 'a b c', [bold(0, 3), italic(2, 3)]],
  ['**__x__**', 'x', [bold(0, 1), italic(0, 1)]],
  ['👍 **👍** x', '👍 👍 x', [bold(3, 2)]],
  ['snake_case a*b a__b **', 'snake_case a*b a__b **', []],
  ['a -- b -- c', 'a -- b -- c', []],
  ['**** and ____', '**** and ____', []],
  ['\\*\\*no\\*\\* \\x', '**no** \\x', []],
  ['`a**b**`', 'a**b**', [{ _: 'messageEntityCode', offset: 0, length: 6 }]],
  ['a ` b', 'a ` b', []],
  [
    '```ts\nlet a = `1`\n```',
    'let a = `1`',
    [{ _: 'messageEntityPre', offset: 0, length: 11, language: 'ts' }],
  ],
  ['```two words\n```', 'two words', [{ _: 'messageEntityPre', offset: 0, length: 9, language: '' }]],
  ['[a](https://x.y/(b\\))', 'a', [link(0, 1, 'https://x.y/(b)')]],
  [
    '([a](https://x.y/b_(c)_(d(e))), [b](u(v)',
    '(a, b',
    [link(1, 1, 'https://x.y/b_(c)_(d(e))'), link(4, 1, 'u(v')],
  ],
  ['[a **b**](http://c) ]( [d', 'a b ]( [d', [link(0, 3, 'http://c'), bold(2, 1)]],
  ['[Ada](tg://user?id=5)', 'Ada', [{ _: 'messageEntityMentionName', offset: 0, length: 3, userId: 5n }]],
  ['![👍](tg://emoji?id=7)', '👍', [{ _: 'messageEntityCustomEmoji', offset: 0, length: 2, documentId: 7n }]],
  ['> a\n> **b**\nc', 'a\nb\nc', [quote(0, 3), bold(2, 1)]],
  [
    '>! a\n>b\n>!c',
    'a\nb\nc',
    [
      { ...quote(0, 3), collapsed: true },
      { ...quote(4, 1), collapsed: true },
    ],
  ],
  ['a > b', 'a > b', []],
]

for (const [written, text, entities] of MARKDOWN) {
  test(`Markdown ${JSON.stringify(written)}`, () => {
    assert.deepEqual(fromMarkdown(written), { text, entities })
    assert.deepEqual(fromMarkdown(toMarkdown({ text, entities })), { text, entities })
  })
}

const HTML: readonly (readonly [string, string, readonly MessageEntity[]])[] = [
  ['a &lt;b&gt; &amp; &quot;c&quot; &#39;&#x1F44D; &copy;', 'a <b> & "c" \'👍 &copy;', []],
  ['<b>a <i>b</i></b>', 'a b', [bold(0, 3), italic(2, 1)]],
  [
    '<strong>a</strong><em>b</em><u>c</u><ins>d</ins><s>e</s><del>f</del>',
    'abcdef',
    [
      bold(0, 1),
      italic(1, 1),
      { _: 'messageEntityUnderline', offset: 2, length: 2 },
      { _: 'messageEntityStrike', offset: 4, length: 2 },
    ],
  ],
  [
    '<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>',
    'ab',
    [{ _: 'messageEntitySpoiler', offset: 0, length: 2 }],
  ],
  [
    '<pre><code class="language-ts">a\nb</code></pre>',
    'a\nb',
    [{ _: 'messageEntityPre', offset: 0, length: 3, language: 'ts' }],
  ],
  [
    '<pre>a</pre> <code>b</code>',
    'a b',
    [
      { _: 'messageEntityPre', offset: 0, length: 1, language: '' },
      { _: 'messageEntityCode', offset: 2, length: 1 },
    ],
  ],
  ["<a href='https://x.y/?a=1&amp;b=2'>z</a>", 'z', [link(0, 1, 'https://x.y/?a=1&b=2')]],
  [
    '<a href="tg://user?id=5">Ada</a>',
    'Ada',
    [{ _: 'messageEntityMentionName', offset: 0, length: 3, userId: 5n }],
  ],
  [
    '<tg-emoji emoji-id="7">👍</tg-emoji>',
    '👍',
    [{ _: 'messageEntityCustomEmoji', offset: 0, length: 2, documentId: 7n }],
  ],
  [
    '<blockquote>a</blockquote>\n\n<blockquote expandable>b</blockquote>',
    'a\n\nb',
    [quote(0, 1), { ...quote(3, 1), collapsed: true }],
  ],
  ['a<br>b<br/>c', 'a\nb\nc', []],
]

for (const [written, text, entities] of HTML) {
  test(`HTML ${JSON.stringify(written)}`, () => {
    assert.deepEqual(fromHtml(written), { text, entities })
    assert.deepEqual(fromHtml(toHtml({ text, entities })), { text, entities })
  })
}

for (const [written, message] of [
  ['<x>a</x>', /There is no tag <x>\. Write &lt; for the character </],
  ['<b>a', /<b> is not closed\. Close it with <\/b>/],
  ['a</b>', /<\/b> closes nothing: no tag is open/],
  ['<b><i>a</b></i>', /<\/b> closes nothing: <i> is open/],
  ['1 < 2', /Write &lt;/],
  ['<a>b</a>', /<a> needs an address/],
  ['<tg-emoji emoji-id="x">a</tg-emoji>', /needs the number of a document/],
  ['<span>a</span>', /tg-spoiler/],
  [`${'<b>'.repeat(100)}`, /nested more than 64 deep/],
] as const) {
  test(`HTML ${JSON.stringify(written.slice(0, 40))} is refused with the reason`, () => {
    assert.throws(() => fromHtml(written), { code: 'TEXT_INVALID', message })
  })
}

test('values in templates are text, whatever is in them', () => {
  const evil = '**b** <i>x</i> [a](b) `c` \\ > ||'
  for (const formatted of [md`**Hi** ${evil}!`, html`<b>Hi</b> ${evil}!`]) {
    assert.deepEqual(formatted, { text: `Hi ${evil}!`, entities: [bold(0, 2)] })
  }
  assert.deepEqual(md`**${'*'}${5}${7n}**`, { text: '*57', entities: [bold(0, 3)] })
  assert.deepEqual(md`[${']('}](https://x.y/${')'}?)`, {
    text: '](',
    entities: [link(0, 2, 'https://x.y/)?')],
  })
  assert.deepEqual(html`<a href="${'x"y'}">${'<'}</a>`.text, '<')
  assert.deepEqual(md`> ${'a\nb'}\nc`, { text: 'a\nb\nc', entities: [quote(0, 3)] })
  assert.deepEqual(md`*${'*no*'}*`, { text: '**no**', entities: [] })
})

test('a value in the value of an attribute stays in it, whatever it is', () => {
  const around = 'https://good.example/?q='
  for (const value of [
    '" href="https://evil.example/',
    "' href='https://evil.example/",
    ' href=https://evil.example/',
    '"><b>',
    'a&quot;&lt;b&amp;',
  ]) {
    const expected = { text: 'x', entities: [link(0, 1, around + value)] }
    assert.deepEqual(html`<a href="https://good.example/?q=${value}">x</a>`, expected)
    assert.deepEqual(html`<a href='https://good.example/?q=${value}'>x</a>`, expected)
    assert.deepEqual(html`<a href=https://good.example/?q=${value}>x</a>`, expected)
  }
  assert.deepEqual(html`<a href="https://a/?b&amp;${'&amp;'}=${1}&lt;" class="">x</a>`.entities, [
    link(0, 1, 'https://a/?b&&amp;=1<'),
  ])
})

test('a value that only looks like a formatted text is refused', () => {
  for (const value of [{ entities: [] }, { text: 5, entities: [] }, { text: 'x', entities: 'y' }, ['x']]) {
    const refusal = { code: 'TEXT_INVALID', message: /formatted texts and users, not object\./ }
    assert.throws(() => md`${value as never}`, refusal)
    assert.throws(() => html`${value as never}`, refusal)
  }
})

test('a value elsewhere in a tag makes neither a tag nor an attribute', () => {
  assert.deepEqual(html`<blockquote ${'expandable'}>x</blockquote>`.entities, [quote(0, 1)])
  assert.throws(() => html`<${'b'}>x</b>`, { code: 'TEXT_INVALID', message: /There is no tag <b>/ })
})

test('HTML that a page may show has links to usual addresses only, and the text of others', () => {
  for (const url of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:a',
    'data:text/html,a',
    'vbscript:a',
  ]) {
    assert.equal(toHtml({ text: 'x', entities: [link(0, 1, url), bold(0, 1)] }), '<b>x</b>', url)
  }
  for (const url of ['http://a', 'HTTPS://a', 'tg://resolve?domain=a', 'mailto:a@b.c', 'tel:+1', 'ton://a']) {
    assert.equal(toHtml({ text: 'x', entities: [link(0, 1, url)] }), `<a href="${url}">x</a>`)
  }
})

test('formatted values keep their formatting, and users become mentions', () => {
  const inner = md`__x__ y`
  assert.deepEqual(md`**a ${inner}**`, { text: 'a x y', entities: [bold(0, 5), italic(2, 1)] })
  const user = { kind: 'user', id: 5n, title: 'Ada *' } as const
  assert.deepEqual(html`Hi ${user}`, {
    text: 'Hi Ada *',
    entities: [{ _: 'messageEntityMentionName', offset: 3, length: 5, userId: 5n }],
  })
  assert.throws(() => md`${undefined as never}`, { code: 'TEXT_INVALID', message: /not undefined/ })
})

test('templates read escapes as JavaScript does, and a backslash before a mark makes it text', () => {
  assert.equal(md`a\nb\t\x41\u0042\u{43}\$`.text, 'a\nb\tABC$')
  assert.deepEqual(md`\*\*a\*\* 1 \> 2`, { text: '**a** 1 > 2', entities: [] })
  assert.deepEqual(md`\`code\``, {
    text: 'code',
    entities: [{ _: 'messageEntityCode', offset: 0, length: 4 }],
  })
})

const word = fc.string({
  unit: fc.constantFrom(
    'a',
    ' ',
    '*',
    '_',
    '-',
    '~',
    '|',
    '`',
    '[',
    ']',
    '(',
    ')',
    '!',
    '>',
    '<',
    '&',
    '\\',
    '\n',
    '👍',
    'é',
    'ﷺ',
  ),
})

/** A text with any entities on it; custom emoji stay whole. */
const formatted: fc.Arbitrary<FormattedText> = word.chain((text) =>
  fc.array(fc.tuple(fc.nat(text.length), fc.nat(text.length), fc.nat(9)), { maxLength: 8 }).map((ranges) => ({
    text,
    entities: ranges.map(([a, b, kind]) => entityOf(kind, Math.min(a, b), Math.abs(a - b))),
  })),
)

function entityOf(kind: number, offset: number, length: number): MessageEntity {
  const range = { offset, length }
  const kinds: readonly MessageEntity[] = [
    { _: 'messageEntityBold', ...range },
    { _: 'messageEntityItalic', ...range },
    { _: 'messageEntityUnderline', ...range },
    { _: 'messageEntityStrike', ...range },
    { _: 'messageEntitySpoiler', ...range },
    { _: 'messageEntityCode', ...range },
    { _: 'messageEntityPre', ...range, language: kind % 2 === 0 ? 'ts' : '' },
    { _: 'messageEntityTextUrl', ...range, url: 'https://x.y/(a)\\b?"&<>' },
    { _: 'messageEntityMentionName', ...range, userId: 5n },
    { _: 'messageEntityBlockquote', ...range, ...(offset % 2 === 0 && { collapsed: true }) },
  ]
  return kinds[kind] ?? assert.fail()
}

test('any formatted text goes through Markdown and comes back in its tidy form', () => {
  fc.assert(
    fc.property(formatted, ({ text, entities }) => {
      const expected = { text, entities: tidy(text, entities) }
      assert.deepEqual(fromMarkdown(toMarkdown({ text, entities })), expected)
    }),
    { numRuns: 3000 },
  )
})

test('any formatted text goes through HTML and comes back in its tidy form', () => {
  fc.assert(
    fc.property(formatted, ({ text, entities }) => {
      const expected = { text, entities: tidy(text, entities) }
      assert.deepEqual(fromHtml(toHtml({ text, entities })), expected)
    }),
    { numRuns: 3000 },
  )
})

test('any text is Markdown, and any value of a template is text', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const read = fromMarkdown(a)
      for (const { offset, length } of read.entities) {
        assert.ok(offset >= 0 && length > 0 && offset + length <= read.text.length)
      }
      assert.ok(md`${a}${b}`.text === a + b && md`${a}${b}`.entities.length === 0)
      assert.ok(html`${a}${b}`.text === a + b)
      assert.deepEqual(joined(read.entities.filter(isMark)), sorted(read.entities.filter(isMark)))
    }),
  )
})

test('a hostile text is read in one pass', () => {
  for (const unit of [
    '`',
    '``` ',
    '[',
    '](',
    '![](',
    '**',
    '** a',
    '\\',
    '>',
    '\n>',
    '[a](',
    '__a**b',
    '&',
    '<b></b>',
  ]) {
    const text = unit.repeat(Math.floor(100_000 / unit.length))
    const { text: read } = unit.startsWith('<') || unit === '&' ? fromHtml(text) : fromMarkdown(text)
    assert.ok(read.length <= text.length)
  }
})
