import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJsonSchema, parseTl, printTlWithFacts, withMethodFacts } from './index.ts'

const TEXT = `---functions---
// A comment without a fact.
//@available user
//@error 400 PHONE_CODE_INVALID
//@error -500 SIGN_IN_FAILED
auth.signIn#00000001 flags:# phone_code:flags.0?string = auth.Authorization;
`

test('the facts before a method are read', () => {
  const [signIn] = withMethodFacts(parseTl(TEXT, 'x.tl')).methods
  assert.equal(signIn?.available, 'user')
  assert.deepEqual(signIn.errors, [
    { code: 400, name: 'PHONE_CODE_INVALID' },
    { code: -500, name: 'SIGN_IN_FAILED' },
  ])
})

test('a method has only the facts directly before it', () => {
  const text =
    '---functions---\n//@available bot\na#00000001 = A;\nb#00000002 = A;\n//@available user\n\nc#00000003 = A;\n'
  const { methods } = withMethodFacts(parseTl(text, 'x.tl'))
  assert.deepEqual(
    methods.map(({ available }) => available),
    ['bot', undefined, undefined],
  )
})

test('of a JSON schema the facts survive printing, and its sentences do not', () => {
  const schema = parseJsonSchema(
    JSON.stringify([
      { kind: 'class', name: 'a', id: 1, type: 'A', comment: 'A sentence.', arguments: [] },
      {
        kind: 'method',
        name: 'm',
        id: 2,
        type: 'A',
        available: 'both',
        comment: 'A sentence.',
        arguments: [{ name: 'x', type: 'int', comment: 'A sentence.' }],
        throws: [{ code: 420, name: 'FLOOD_WAIT_%d', comment: 'A sentence.' }],
      },
    ]),
    'x.json',
  )
  const printed = printTlWithFacts(schema)
  assert.doesNotMatch(printed, /sentence/)
  const again = withMethodFacts(parseTl(printed, 'x.tl'))
  const facts = (key: string, value: unknown) => (key === 'offset' || key === 'source' ? 0 : value)
  const factsOf = (of: object): unknown => JSON.parse(JSON.stringify(of, facts))
  assert.deepEqual(factsOf(again), factsOf(schema))
})
