import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf } from './path-of.ts'

test('a path is one that is written, or that of a file: URL in either form', () => {
  const code = 'FILE_SOURCE_INVALID'
  assert.equal(pathOf('./a b.txt', code), './a b.txt')
  assert.equal(pathOf(new URL('file:///a%20b.txt'), code), '/a b.txt')
  assert.equal(pathOf('file:///a%20b.txt', code), '/a b.txt')
  for (const other of ['', new URL('data:,x'), 'file://elsewhere/a%2Fb']) {
    assert.throws(() => pathOf(other, code), { code, message: /is not the path of a file/ })
  }
})
