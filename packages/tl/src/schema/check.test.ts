import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSchema, parseTl } from './index.ts'

/** Ids are left out if they do not matter, and are then right. */
function failsAt(text: string, line: number, column: number, message: RegExp): void {
  const error = { name: 'SchemaError', file: 'x.tl', line, column, message }
  assert.throws(() => checkSchema(parseTl(text, 'x.tl')), error)
}

test('%Type becomes its constructor, also in the id', () => {
  const message = 'message#5bb8e511 msg_id:long seqno:int bytes:int body:Object = Message;'
  const container = 'msg_container#73f1f8dc messages:vector<%Message> = MessageContainer;'
  const schema = checkSchema(parseTl(`o = Object;\n${message}\n${container}`, 'x.tl'))
  const types = schema.constructors.at(-1)?.fields.map(({ type }) => type)
  assert.deepEqual(types, [{ kind: 'vector', boxed: false, item: { kind: 'bare', name: 'message' } }])
})

test('duplicate names, ids and fields are refused', () => {
  failsAt('a = A;\na x:int = A;', 2, 1, /duplicate name a/)
  failsAt('a#12345678 = A;', 1, 1, /its text gives #/)
  failsAt('a x:int x:long = A;', 1, 9, /duplicate field x/)
  failsAt('a x_y:int xY:long = A;', 1, 11, /duplicate field xY/)
})

test('two combinators with the same id are refused', () => {
  const schema = parseTl('a#1 = A;\nb#1 = A;', 'x.tl')
  const options = { oddIds: new Set(['a', 'b']) }
  assert.throws(() => checkSchema(schema, options), { line: 2, message: /b has the id #00000001 of a/ })
})

test('undefined types are refused', () => {
  failsAt('a x:B = A;', 1, 3, /unknown type B/)
  failsAt('a x:Vector<Vector<B>> = A;', 1, 3, /unknown type B/)
  failsAt('a x:b = A;', 1, 3, /unknown bare type b/)
  failsAt('a = A;\nb = A;\nc x:%A = C;', 3, 3, /unknown bare type A/)
  failsAt('a = A;\n---functions---\nm = B;', 3, 1, /unknown type B/)
  failsAt('a = int;', 1, 1, /a does not have a boxed type/)
  failsAt('a x:Vector<true> = A;', 1, 3, /cannot hold/)
})

test('a flags field must stand before the fields it flags', () => {
  failsAt('a x:flags.0?int flags:# = A;', 1, 3, /x has no flags:# before it/)
  failsAt('a flags:# x:flags2.0?int = A;', 1, 11, /x has no flags2:# before it/)
  failsAt('a flags:int x:flags.0?int = A;', 1, 13, /x has no flags:# before it/)
  failsAt('a flags:# x:flags.32?int = A;', 1, 11, /beyond bit 31/)
  failsAt('a x:true = A;', 1, 3, /true without a flag/)
})
