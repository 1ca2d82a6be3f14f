import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSchema, parseTl, withMethodFacts } from '../schema/index.ts'
import { emitDeclarations, mergeWords } from './index.ts'

const schema = withMethodFacts(
  checkSchema(
    parseTl(
      `a.b phone_number:string = A;
---functions---
//@available user
//@error 400 X_INVALID
a.m code_hash:string = A;
`,
      'x.tl',
    ),
  ),
)

const words = mergeWords([
  { types: { A: { about: 'A type.' } } },
  {
    constructors: { 'a.b': { about: 'A constructor.', fields: { phone_number: 'Its number. */' } } },
    methods: {
      'a.m': {
        about: 'Sends [a.b](/constructors/a.b) and `phone_number`.',
        fields: { code_hash: 'The hash.' },
        repeat: 'Safe.',
        answers: { 'a.b': { when: 'Always.' } },
      },
    },
  },
])

test('descriptions become doc comments, with the field names of TypeScript and without links', () => {
  const text = emitDeclarations(schema, 1, words)
  for (const part of [
    '/** A type. */\nexport type A = a.b',
    '  /** A constructor. */\n  export interface b {',
    '    /** Its number. *\\/ */\n    phoneNumber: string',
    '    /** The hash. */\n    codeHash: string',
    `    /**
     * Sends a.b and \`phoneNumber\`.
     *
     * Available to users.
     *
     * Called again: Safe.
     *
     * Errors: 400 X_INVALID.
     *
     * @see http://127.0.0.1:10081/docs/methods/a.m
     */
    m(params:`,
  ]) {
    assert.ok(text.includes(part), `${part}\nis not in\n${text}`)
  }
})

test('a schema without descriptions has callers and errors only', () => {
  const text = emitDeclarations(schema, undefined)
  assert.match(text, /\/\*\*\n {5}\* Available to users\.\n {5}\*\n {5}\* Errors: 400 X_INVALID\.\n {5}\*\//)
  assert.doesNotMatch(text, /@see/)
})
