import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { paths } from '../src/paths.ts'
import { model, rendered, tableBelow } from './built.ts'

/** Methods of the client that are doors to functions in modules of their own. */
function doors(): string[] {
  const source = readFileSync(`${paths.client}daily-calls.ts`, 'utf8')
  const members = source.split(/\n {2}(?=(?:async )?[a-z]\w*[(<])/)
  const found = members.filter((text) => /import\('\.\/(?:methods|files)\//.test(text))
  return found.map((text) => /^(?:async )?(\w+)/.exec(text)?.[1] ?? '')
}

test('every daily call has a page', () => {
  const names = [...new Set(doors())]
  assert.ok(names.length >= 20)
  assert.deepEqual([...model.calls.keys()].toSorted(), [...names, 'on'].toSorted())
})

test('a page has the signature, every option with its words, the methods and both programs', () => {
  for (const [name, call] of model.calls) {
    const { markdown } = rendered(`/calls/${name}`)
    assert.ok(call.about.length > 20, name)
    assert.ok(markdown.includes(`client.${name}`), name)
    assert.ok(markdown.includes(call.typescript.trim()) && markdown.includes(call.lua.trim()), name)
    for (const method of call.methods) assert.ok(model.methods.has(method), `${name}: ${method}`)
    assert.ok(call.methods.length > 0, name)
    assert.equal(tableBelow(markdown, 'Options').length, call.options.length)
  }
  const { options, signature } = model.calls.get('sendMessage') ?? {}
  assert.equal(
    signature,
    'client.sendMessage(peer: PeerLike, text: TextLike, options?: SendMessageOptions): Promise<Message>',
  )
  assert.deepEqual(options?.map(({ name }) => name).toSorted(), [
    'buttons',
    'preview',
    'randomId',
    'replyTo',
    'scheduleAtS',
    'signal',
    'silent',
    'timeoutMs',
  ])
})
