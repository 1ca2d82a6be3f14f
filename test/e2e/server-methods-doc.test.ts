import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { METHODS_DOC, renderMethodsDoc } from '../../scripts/methods-doc.ts'

it('docs/methods.md lists exactly the methods of the server', () => {
  assert.equal(readFileSync(METHODS_DOC, 'utf8'), renderMethodsDoc(), 'run: node scripts/methods-doc.ts')
})
