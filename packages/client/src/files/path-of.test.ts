import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf } from './path-of.ts'

test('a path is one that is written, or that of a file: URL in either form', () => {
  assert.equal(pathOf('./a b.txt'), './a b.txt')
  assert.equal(pathOf(new URL('file:///a%20b.txt')), '/a b.txt')
  assert.equal(pathOf('file:///a%20b.txt'), '/a b.txt')
  for (const other of ['', new URL('data:,x'), 'file://elsewhere/a']) assert.equal(pathOf(other), undefined)
})
