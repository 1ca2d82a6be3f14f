import assert from 'node:assert/strict'
import { test } from 'node:test'
import { annotateAnswer } from '@cablegram/tl/annotate'
import { decodeResult, encodeResult, type MethodName } from '@cablegram/tl/api'
import { readExamples } from '../printers/read-examples.ts'
import { model, rendered } from './built.ts'

const answers = [...model.methods.values()].flatMap(({ name, answer }) =>
  answer === undefined ? [] : [{ name, answer: Uint8Array.from(answer) }],
)

test('every example that succeeds has a recorded answer, and no other method has one', async () => {
  const wanted = [...(await readExamples()).values()].filter(({ refused }) => refused === undefined)
  assert.deepEqual(
    answers.map(({ name }) => name).toSorted(),
    wanted.map(({ method }) => method).toSorted(),
    'node test/reference/record-answers.ts records the answers',
  )
})

test('each recorded answer decodes as the result of its method, to its last byte', () => {
  for (const { name, answer } of answers) {
    assert.ok(annotateAnswer(name, answer).length > 0, name)
    const method = name as MethodName
    if (model.methods.get(name)?.combinator.result.kind === 'generic') continue
    assert.deepEqual(Uint8Array.from(encodeResult(method, decodeResult(method, answer))), answer, name)
  }
})

test('a page shows the bytes of the request and of the answer', () => {
  const { markdown } = rendered('/methods/auth.sendCode')
  assert.match(
    markdown,
    /The request of the example has \d+ bytes\.[\s\S]*^ +0 .* request .* auth\.sendCode#a677244f$/m,
  )
  assert.match(markdown, /The answer has \d+ bytes\.[\s\S]*^ +0 .* answer .* auth\.sentCode#5e002502$/m)
})
