import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError, LIMITS } from '@cablegram/tl'
import { type AnnotatedRow, annotateAnswer, annotateRequest, annotationText } from '@cablegram/tl/annotate'
import * as api from '@cablegram/tl/api'
import * as service from '@cablegram/tl/service'
import fc from 'fast-check'
import { generatedSchema } from '../properties/schemas.ts'
import { ValueMaker } from '../properties/values.ts'

const REQUEST = `   0  4f 24 77 a6                           request              auth.sendCode#a677244f
   4  0b 2b 39 39 39 36 36 32 31 32 33 34     phone_number       "+9996621234"
  16  11 27 00 00                             api_id             10001
  20  20 34 33 37 33 39 37 63 39 38 35 62 …   api_hash           "437397c985bc772ebfcb413aa2960737"
  56  78 3d 25 ad                             settings           codeSettings#ad253d78
  60  00 00 00 00                               flags            0b0
`
const ANSWER = `   0  02 25 00 5e                           answer               auth.sentCode#5e002502
   4  06 00 00 00                             flags              0b110
   8  a2 bb 00 c0                             type               auth.sentCodeTypeSms#c000bba2
  12  05 00 00 00                               length           5
  16  20 35 38 65 62 39 64 62 66 32 62 30 …   phone_code_hash    "58eb9dbf2b0968625aceaa73fa18fa98"
  52  e3 d3 1c 74                             next_type          auth.codeTypeCall#741cd3e3
  56  3c 00 00 00                             timeout            60
`

test('a request and its answer, as the page of auth.sendCode shows them', () => {
  const request = api.encodeRequest({
    _: 'auth.sendCode',
    phoneNumber: '+9996621234',
    apiId: 10001,
    apiHash: '437397c985bc772ebfcb413aa2960737',
    settings: { _: 'codeSettings' },
  })
  assert.equal(annotationText(annotateRequest(request)), REQUEST)
  const answer = api.encodeResult('auth.sendCode', {
    _: 'auth.sentCode',
    type: { _: 'auth.sentCodeTypeSms', length: 5 },
    phoneCodeHash: '58eb9dbf2b0968625aceaa73fa18fa98',
    nextType: { _: 'auth.codeTypeCall' },
    timeout: 60,
  })
  assert.equal(annotationText(annotateAnswer('auth.sendCode', answer)), ANSWER)
})

test('the refusal of a request is an answer, too', () => {
  const error = { _: 'rpc_error', errorCode: 420, errorMessage: 'FLOOD_WAIT_30' } as const
  assert.deepEqual(
    annotateAnswer('auth.sendCode', service.encode('RpcError', error)).map(
      ({ name, text }) => `${name} ${text}`,
    ),
    ['answer rpc_error#2144ca19', 'error_code 420', 'error_message "FLOOD_WAIT_30"'],
  )
})

test('flags name their true fields; vectors, bytes, Bool and longs have texts of their own', () => {
  const request = api.encodeRequest({
    _: 'auth.sendCode',
    phoneNumber: `${'7'.repeat(60)}`,
    apiId: 1,
    apiHash: '',
    settings: {
      _: 'codeSettings',
      allowFlashcall: true,
      logoutTokens: [new Uint8Array([1, 2, 3]), new Uint8Array(30), new Uint8Array()],
      token: 'привет\n',
      appSandbox: false,
    },
  })
  const texts = annotateRequest(request).map(({ name, text }) => `${name} ${text}`)
  assert.deepEqual(texts.slice(1), [
    `phone_number "${'7'.repeat(48)}"… (60 characters)`,
    'api_id 1',
    'api_hash ""',
    'settings codeSettings#ad253d78',
    'flags 0b101000001 allow_flashcall',
    'logout_tokens Vector of 3 items',
    '[0] 3 bytes: 010203',
    `[1] 30 bytes: ${'00'.repeat(24)}…`,
    '[2] 0 bytes',
    'token "привет\\n"',
    'app_sandbox false',
  ])
  const users = api.encodeResult('users.getUsers', [{ _: 'userEmpty', id: -(2n ** 63n) }])
  assert.deepEqual(
    annotateAnswer('users.getUsers', users).map(({ text }) => text),
    ['Vector of 1 item', 'userEmpty#d3bc4b7a', '-9223372036854775808'],
  )
  assert.equal(annotateAnswer('auth.cancelCode', api.encodeResult('auth.cancelCode', true))[0]?.text, 'true')
})

test('a wrapped request shows the request inside', () => {
  const query = api.encodeRequest({ _: 'help.getConfig' })
  const wrapped = api.encodeRequest({ _: 'invokeWithLayer', layer: 228, query })
  const names = annotateRequest(wrapped).map(({ depth, name, text }) => `${depth} ${name} ${text}`)
  assert.deepEqual(names, [
    '0 request invokeWithLayer#da9b0d0d',
    '1 layer 228',
    '1 query help.getConfig#c4f9186b',
  ])
})

test('after the last row that is allowed, the rest is one row', () => {
  const users = api.encodeResult(
    'users.getUsers',
    Array.from({ length: 50 }, (_, index) => ({ _: 'userEmpty' as const, id: BigInt(index) })),
  )
  const rows = annotateAnswer('users.getUsers', users, { maxRows: 4 })
  assert.deepEqual(rows.at(-1), {
    offset: 24,
    length: 584,
    depth: 0,
    name: '…',
    text: '584 bytes more',
    bytes: '01 00 00 00 00 00 00 00 7a 4b bc d3 …',
  })
  assertCovered(rows, users.length)
})

test('bytes of another type, cut bytes and bytes left over are a DecodeError; an unknown method is a UsageError', () => {
  const config = api.encodeRequest({ _: 'help.getConfig' })
  for (const bytes of [new Uint8Array(), new Uint8Array(3), new Uint8Array(4), config.subarray(0, 3)]) {
    assert.throws(() => annotateRequest(bytes), DecodeError)
  }
  assert.throws(() => annotateRequest(new Uint8Array([...config, 0, 0, 0, 0])), DecodeError)
  assert.throws(() => annotateAnswer('help.getConfig', config), { name: 'DecodeError', offset: 0 })
  assert.throws(() => annotateAnswer('help.getconfig', config), { code: 'TL_UNKNOWN_METHOD' })
})

test('deep nesting is a DecodeError', () => {
  const arrays = Array.from({ length: LIMITS.maxDepth }, () => [JSON_ARRAY, VECTOR, 1]).flat()
  const words = [api.methodId('help.saveAppLog') | 0, VECTOR, 1, ...eventHead(), ...arrays]
  const bytes = new Uint8Array(Int32Array.from(words).buffer)
  assert.throws(() => annotateRequest(bytes), { name: 'DecodeError', message: /nested too deep/ })
})

const VECTOR = 0x1cb5c415
const JSON_ARRAY = 0xf7444763 | 0

/** inputAppEvent: its id, a double, an empty string and a long. */
function eventHead(): number[] {
  const event = api.encode('InputAppEvent', {
    _: 'inputAppEvent',
    time: 0,
    type: '',
    peer: 0n,
    data: { _: 'jsonNull' },
  })
  return [...new Int32Array(event.buffer, 0, event.length / 4 - 1)]
}

const shape = generatedSchema('api')
const maker = new ValueMaker(shape)

test('the rows of any request cover each byte once', () => {
  fc.assert(
    fc.property(fc.gen(), fc.constantFrom(...shape.schema.methods), (g, method) => {
      // A wrapper carries a request; the maker fills it with bytes that are none.
      if (method.fields.some(({ type }) => type.kind === 'generic')) return
      const bytes = api.encodeRequest(maker.combinator(g, method) as api.Requests[api.MethodName])
      assertCovered(annotateRequest(bytes), bytes.length)
      assertCovered(annotateRequest(new Uint8Array([0, ...bytes]).subarray(1), { maxRows: 3 }), bytes.length)
    }),
    { numRuns: 500 },
  )
})

test('changed, cut and arbitrary bytes are covered once or are a DecodeError', () => {
  const ids = [...shape.schema.constructors, ...shape.schema.methods].map(({ id }) => id | 0)
  const change = fc.tuple(fc.nat(), fc.constantFrom(...ids, -1, 0, 1, 255, 2 ** 24))
  fc.assert(
    fc.property(
      fc.gen(),
      fc.constantFrom(...shape.schema.methods),
      fc.array(change, { maxLength: 4 }),
      fc.uint8Array({ maxLength: 100 }),
      (g, method, changes, noise) => {
        const bytes = api.encodeRequest(maker.combinator(g, method) as api.Requests[api.MethodName])
        const view = new DataView(bytes.buffer)
        for (const [at, word] of changes) view.setInt32((at % (bytes.length / 4)) * 4, word, true)
        for (const input of [bytes, bytes.subarray(0, changes[0]?.[0] ?? 0), noise]) {
          coversOrFails(() => annotateRequest(input), input)
          coversOrFails(() => annotateAnswer(method.name, input), input)
        }
      },
    ),
    { numRuns: 700 },
  )
})

function coversOrFails(annotate: () => AnnotatedRow[], bytes: Uint8Array): void {
  try {
    assertCovered(annotate(), bytes.length)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    assert.ok(error.offset >= 0 && error.offset <= bytes.length)
  }
}

function assertCovered(rows: readonly AnnotatedRow[], length: number): void {
  let next = 0
  for (const row of rows) {
    assert.equal(row.offset, next)
    assert.ok(row.length > 0)
    next += row.length
  }
  assert.equal(next, length)
}
