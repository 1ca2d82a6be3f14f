import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SchemaError } from '../errors.ts'
import { parseTl, printTl } from './index.ts'

const parse = (text: string) => parseTl(text, 'x.tl')

function failsAt(text: string, line: number, column: number, message: RegExp): void {
  assert.throws(
    () => parse(text),
    (error: unknown) => {
      assert.ok(error instanceof SchemaError)
      assert.deepEqual([error.file, error.line, error.column], ['x.tl', line, column], error.message)
      assert.match(error.message, message)
      return true
    },
  )
}

test('a section decides between constructors and methods', () => {
  const { constructors, methods } = parse('a#1 = A;\n---functions---\nb#2 = A;\n---types---\nc#3 = A;')
  assert.deepEqual(
    [constructors, methods].map((list) => list.map(({ name, id, kind }) => [name, id, kind])),
    [
      [
        ['a', 1, 'constructor'],
        ['c', 3, 'constructor'],
      ],
      [['b', 2, 'method']],
    ],
  )
})

test('fields have their flags, vectors and generics', () => {
  const [method] = parse(
    '---functions---\nns.m#ff {X:Type} flags:# a:flags.3?Vector<vector<%B>> q:!X = X;',
  ).methods
  assert.deepEqual(method?.generics, ['X'])
  assert.deepEqual(method?.result, { kind: 'generic', name: 'X' })
  assert.deepEqual(
    method?.fields.map(({ name, type, flag }) => ({ name, type, flag })),
    [
      { name: 'flags', type: { kind: 'flags' }, flag: undefined },
      {
        name: 'a',
        type: {
          kind: 'vector',
          boxed: true,
          item: { kind: 'vector', boxed: false, item: { kind: 'bare', name: 'B' } },
        },
        flag: { field: 'flags', bit: 3 },
      },
      { name: 'q', type: { kind: 'generic', name: 'X' }, flag: undefined },
    ],
  )
})

test('a missing id is the CRC32 of the text', () => {
  const text =
    'auth.signIn flags:# phone_number:string phone_code_hash:string phone_code:flags.0?string email_verification:flags.1?EmailVerification = auth.Authorization;'
  assert.equal(parse(text).constructors[0]?.id, 0x8d52a951)
})

test('comments, built-in declarations and line breaks do not matter', () => {
  const text =
    '// one\nint ? = Int;\nvector#1cb5c415 {t:Type} # [ t ] = Vector t;\n/* two\n */ a#1\n  x:int\n = A;'
  assert.deepEqual(
    parse(text).constructors.map(({ name }) => name),
    ['a'],
  )
})

test('an error is reported with line and column', () => {
  failsAt('a#1 = A;\nb#xyz = A;', 2, 3, /id of up to 8 hex digits, found "xyz"/)
  failsAt('a#1 x:int', 1, 10, /found the end of the text/)
  failsAt('a#1 x:int = A\nb#2 = A;', 2, 1, /expected ";", found "b"/)
  failsAt('a#1 x: = A;', 1, 8, /expected a type/)
  failsAt('a#1 x:Vector<int = A;', 1, 18, /expected ">"/)
  failsAt('a#1 x:!Y = A;', 1, 8, /not a type variable/)
  failsAt('a#1 {X:Int} = A;', 1, 8, /expected "Type"/)
  failsAt('  = A;', 1, 3, /expected a constructor or method/)
  failsAt('int ? = Int', 1, 12, /expected ";"/)
})

test('printed text parses to the same schema', () => {
  const text = `a#00000001 flags:# b:flags.31?true c:Vector<bytes> d:%A = A;
---functions---
x.m#0000000f {X:Type} query:!X = X;
`
  assert.equal(printTl(parse(text)), text)
})
