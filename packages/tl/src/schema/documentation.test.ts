import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJsonSchema, parseTl, printDocumentedTl, withDocumentation } from './index.ts'

const TEXT = `// A comment that is no documentation.
//@description Signs in
//@field phone_code What the user typed, or\\nnothing
//@available user
//@error 400 PHONE_CODE_INVALID The code is \\\\ wrong.
//@error 500 SIGN_IN_FAILED
auth.signIn#00000001 flags:# phone_code:flags.0?string = auth.Authorization;
`

test('comments before a combinator are read', () => {
  const [signIn] = withDocumentation(parseTl(`---functions---\n${TEXT}`, 'x.tl')).methods
  assert.equal(signIn?.description, 'Signs in')
  assert.equal(signIn.available, 'user')
  assert.deepEqual(
    signIn.fields.map(({ description }) => description),
    [undefined, 'What the user typed, or\nnothing'],
  )
  assert.deepEqual(signIn.errors, [
    { code: 400, name: 'PHONE_CODE_INVALID', description: 'The code is \\ wrong.' },
    { code: 500, name: 'SIGN_IN_FAILED', description: undefined },
  ])
})

test('a combinator has only the comments right before it', () => {
  const text =
    '//@description An a\na#00000001 = A;\nb#00000002 = A;\n//@description lost\n\nc#00000003 = A;\n'
  const { constructors } = withDocumentation(parseTl(text, 'x.tl'))
  assert.deepEqual(
    constructors.map(({ description }) => description),
    ['An a', undefined, undefined],
  )
})

test('the documentation of a JSON schema survives printing', () => {
  const schema = parseJsonSchema(
    JSON.stringify([
      {
        kind: 'class',
        name: 'a',
        id: 1,
        type: 'A',
        comment: 'Two\n\nparagraphs, one \\n',
        arguments: [{ name: 'x', type: 'int', comment: 'An <b>x</b>' }],
      },
      {
        kind: 'method',
        name: 'm',
        id: 2,
        type: 'A',
        available: 'both',
        arguments: [],
        throws: [{ code: 420, name: 'FLOOD_WAIT_%d', comment: 'Wait' }],
      },
    ]),
    'x.json',
  )
  const again = withDocumentation(parseTl(printDocumentedTl(schema), 'x.tl'))
  const facts = (key: string, value: unknown) => (key === 'offset' || key === 'source' ? 0 : value)
  const factsOf = (of: object): unknown => JSON.parse(JSON.stringify(of, facts))
  assert.deepEqual(factsOf(again), factsOf(schema))
})
