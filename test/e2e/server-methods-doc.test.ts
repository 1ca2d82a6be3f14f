import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { METHODS_DOC, renderMethodsDoc } from '../../scripts/methods-doc.ts'

it('lists exactly the methods the server has in docs/methods.md', () => {
  assert.equal(readFileSync(METHODS_DOC, 'utf8'), renderMethodsDoc(), 'run: node scripts/methods-doc.ts')
})
