import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Button, Markup } from '../messages/words.ts'
import { checkMarkup } from './markup.ts'

const BOT = { isBot: true, peerId: 5n }
const text: Button = { kind: 'text', text: 'a' }
const call: Button = { kind: 'callback', text: 'a', data: 'YQ==', needsPassword: false }

function inline(...rows: readonly (readonly Button[])[]): Markup {
  return { kind: 'inline', rows }
}

function keyboard(...rows: readonly (readonly Button[])[]): Markup {
  const flags = { isResized: false, isSingleUse: false, isSelective: false, isPersistent: false }
  return { kind: 'keyboard', rows, ...flags, placeholder: '' }
}

function refused(markup: Markup, message: string, sender = BOT): void {
  assert.throws(() => checkMarkup(markup, sender), { message })
}

test('bots send buttons, and nobody else does', () => {
  assert.deepEqual(checkMarkup(inline([call]), BOT), inline([call]))
  assert.deepEqual(checkMarkup(keyboard([text], []), BOT), keyboard([text]))
  assert.equal(checkMarkup(undefined, BOT), undefined)
  assert.equal(checkMarkup(inline([]), BOT), undefined)
  const user = { isBot: false, peerId: 5n }
  assert.equal(checkMarkup(undefined, user), undefined)
  refused(inline([call]), 'REPLY_MARKUP_INVALID', user)
  refused({ kind: 'hide', isSelective: false }, 'REPLY_MARKUP_INVALID', user)
})

test('a keyboard has keys, and not too many', () => {
  refused(keyboard(), 'REPLY_MARKUP_INVALID')
  refused(keyboard([{ kind: 'text', text: ' ' }]), 'REPLY_MARKUP_INVALID')
  const forceReply = { kind: 'forceReply', isSingleUse: true, isSelective: false } as const
  refused({ ...forceReply, placeholder: 'a'.repeat(65) }, 'REPLY_MARKUP_INVALID')
  assert.ok(checkMarkup({ ...forceReply, placeholder: 'a'.repeat(64) }, BOT))
  assert.ok(checkMarkup(inline(Array<Button>(100).fill(call)), BOT))
  refused(inline(Array<Button>(101).fill(call)), 'REPLY_MARKUP_TOO_LONG')
  refused(keyboard(Array<Button>(301).fill(text)), 'REPLY_MARKUP_TOO_LONG')
})

test('a button stands where it works', () => {
  refused(inline([text]), 'BUTTON_TYPE_INVALID')
  refused(keyboard([call]), 'BUTTON_TYPE_INVALID')
  const phone: Button = { kind: 'requestPhone', text: 'a' }
  assert.ok(checkMarkup(keyboard([phone]), BOT))
  refused(keyboard([phone]), 'BUTTON_TYPE_INVALID', { isBot: true, peerId: -5n })
})

test('data, links and texts of buttons have limits', () => {
  const data = (bytes: number): Button =>
    ({ ...call, data: Buffer.alloc(bytes).toString('base64') }) as Button
  assert.ok(checkMarkup(inline([data(64)]), BOT))
  for (const bytes of [0, 65]) refused(inline([data(bytes)]), 'BUTTON_DATA_INVALID')
  const link = (url: string): Button => ({ kind: 'url', text: 'a', url })
  for (const url of ['https://example.org/a', 'example.org', 'tg://user?id=5'])
    assert.ok(checkMarkup(inline([link(url)]), BOT), url)
  for (const url of ['', 'nowhere', 'see example.org', 'javascript:alert(1)'])
    refused(inline([link(url)]), 'BUTTON_URL_INVALID')
  const copy = (copied: string): Button => ({ kind: 'copy', text: 'a', copied })
  assert.ok(checkMarkup(inline([copy('a'.repeat(256))]), BOT))
  for (const copied of ['', 'a'.repeat(257)]) refused(inline([copy(copied)]), 'BUTTON_COPY_TEXT_INVALID')
})
