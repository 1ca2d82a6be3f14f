/** The order, the output and the outcome of the steps of `.ci/run`. The steps themselves run in CI. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { reasonsIn } from '../scripts/reasons.ts'
import { runSteps, type Step, StepRunner, stepsToBegin, summaryOf, tableOf } from '../scripts/steps.ts'

const step = (title: string, more: Partial<Step> = {}): Step => ({ title, command: 'true', ...more })
const titles = (steps: readonly Step[]) => steps.map(({ title }) => title)

test('as many steps begin as may run at once, besides those that download', () => {
  const waiting = [step('a'), step('download', { downloads: true }), step('b'), step('c')]
  assert.deepEqual(titles(stepsToBegin(waiting, [], 2)), ['a', 'download', 'b'])
  assert.deepEqual(titles(stepsToBegin(waiting, [step('x')], 2)), ['a', 'download'])
  assert.deepEqual(titles(stepsToBegin(waiting, [step('x', { downloads: true })], 2)), ['a', 'download', 'b'])
})

test('one patient step begins beside the others, and takes the place of none', () => {
  const waiting = [
    step('p', { patient: true }),
    step('q', { patient: true }),
    step('a'),
    step('b'),
    step('c'),
  ]
  assert.deepEqual(titles(stepsToBegin(waiting, [], 2)), ['p', 'a', 'b'])
  assert.deepEqual(titles(stepsToBegin(waiting, [step('x', { patient: true })], 2)), ['a', 'b'])
})

test('a patient step has a low priority', async () => {
  let written = ''
  const runner = new StepRunner((text) => {
    written += text
  })
  const steps = [step('hurries', { command: 'nice' }), step('waits', { command: 'nice', patient: true })]
  await runSteps(steps, 2, (each) => runner.run(each))
  runner.close()
  const priorityOf = (title: string) =>
    Number(new RegExp(`==== ${title}: nice\\n(-?\\d+)\\n`).exec(written)?.[1])
  assert.ok(priorityOf('waits') > priorityOf('hurries'), written)
})

test('a step waits for those that it needs, and a later one takes its place', () => {
  const waiting = [step('a', { after: ['x'] }), step('b')]
  assert.deepEqual(titles(stepsToBegin(waiting, [step('x')], 2)), ['b'])
  assert.deepEqual(titles(stepsToBegin(waiting, [], 2)), ['a', 'b'])
  assert.deepEqual(titles(stepsToBegin([step('x'), step('a', { after: ['x'] })], [], 2)), ['x'])
})

test('each step runs once, and each failure is reported in the order of the list', async () => {
  const steps = Array.from({ length: 20 }, (_, i) => step(`${i}`, i > 4 ? { after: [`${i - 3}`] } : {}))
  const begun: string[] = []
  let running = 0
  const failed = await runSteps(steps, 3, async ({ title }) => {
    begun.push(title)
    assert.ok(++running <= 3)
    for (let turns = 0; turns < (Number(title) * 7) % 5; turns++) await Promise.resolve()
    running -= 1
    return Number(title) % 6 !== 1
  })
  assert.deepEqual(
    begun.toSorted((a, b) => Number(a) - Number(b)),
    titles(steps),
  )
  assert.deepEqual(failed, ['1', '7', '13', '19'])
})

test('a step runs after one that failed', async () => {
  const failed = await runSteps([step('a'), step('b', { after: ['a'] })], 2, async () => false)
  assert.deepEqual(failed, ['a', 'b'])
})

test('steps that can never begin are an error', async () => {
  const circle = [step('a', { after: ['b'] }), step('b', { after: ['a'] })]
  await assert.rejects(
    runSteps(circle, 2, async () => true),
    /steps wait for each other: a,b/,
  )
  await assert.rejects(
    runSteps([step('a', { after: ['c'] })], 2, async () => true),
    /no such step: c/,
  )
})

test('outputs of steps at once do not mix, and every way to fail counts', async () => {
  let written = ''
  const runner = new StepRunner((text) => {
    written += text
  })
  const steps = [
    step('talks', { command: 'for i in 1 2 3; do echo talk $i; echo loud $i >&2; done' }),
    step('exits', { command: 'echo before; exit 3' }),
    step('is killed', { command: 'kill -KILL $$' }),
    step('is not there', { command: '/no/such/program' }),
  ]
  const failed = await runSteps(steps, 4, (each) => runner.run(each))
  runner.close()
  assert.deepEqual(failed, ['exits', 'is killed', 'is not there'])
  const spoken = [1, 2, 3].map((i) => `talk ${i}\nloud ${i}\n`).join('')
  assert.ok(written.includes(`==== talks: ${steps[0]?.command}\n${spoken}==== talks passed, took `), written)
  assert.match(written, /==== exits: .*\nbefore\n==== exits failed with 3, took /)
  assert.match(written, /==== is killed failed with SIGKILL, took /)
  assert.match(written, /==== is not there failed with 127, took /)
  assert.deepEqual([...runner.took.keys()].toSorted(), titles(steps).toSorted())
})

test('a run that is stopped ends its steps, prints what they said, and begins no other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-ci-'))
  let written = ''
  const runner = new StepRunner((text) => {
    written += text
  })
  const command = `echo here; touch ${folder}/begun; sleep 600 & wait; echo never`
  const steps = [step('sleeps', { command }), step('later', { after: ['sleeps'] })]
  const ended = runSteps(steps, 2, (each) => runner.run(each))
  while (!existsSync(join(folder, 'begun'))) await sleep(5)
  runner.stop('SIGTERM')
  assert.deepEqual(await ended, ['sleeps', 'later'])
  assert.match(written, /==== sleeps: .*\nhere\n==== sleeps failed with SIGTERM/)
  assert.doesNotMatch(written, /\nnever|later begins/)
  runner.close()
  rmSync(folder, { recursive: true })
})

test('the table has a line for each step', () => {
  const took = new Map([['check', { clock: 61.4, processor: 104.6 }]])
  assert.equal(tableOf(took), '  clock  processor (s)\n     61     105  check\n')
})

test('the reasons of a failure are the failed tests with their errors, once, and the lines about errors', () => {
  const output = `✔ an error of others is told (1ms)
✖ two is three (5ms)
ℹ fail 1

✖ failing tests:

test at x.test.ts:1:1
✖ two is three (5ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
  
  2 !== 3
  
      at TestContext.<anonymous> (file:///x.test.ts:1:1)
      at async Test.run (node:internal/test_runner/test:1409:7) {
    generatedMessage: true,
  }
not ok 1 - of TAP
src/a.ts(1,1): error TS2322: a text is no number
npm error code E404
done
`
  assert.deepEqual(reasonsIn(output), [
    '✖ two is three (5ms)',
    '  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:',
    '  2 !== 3',
    'not ok 1 - of TAP',
    'src/a.ts(1,1): error TS2322: a text is no number',
    'npm error code E404',
  ])
})

test('an output that names no error gives its last lines, and a long one its first reasons', () => {
  const lines = (text: string) => Array.from({ length: 99 }, (_, i) => `${text} ${i}`)
  assert.deepEqual(reasonsIn(`${lines('line').join('\n')}\n`), lines('line').slice(-30))
  assert.deepEqual(reasonsIn(lines('error').join('\n')), lines('error').slice(0, 40))
  assert.equal(reasonsIn(`error ${'x'.repeat(999)}`)[0]?.length, 300)
})

test('the summary has the failed steps alone, with their ends', async () => {
  const runner = new StepRunner(() => {})
  await runner.run(step('passes', { command: 'echo error' }))
  await runner.run(step('fails', { command: 'echo before; echo error: no disk; exit 3' }))
  runner.close()
  assert.equal(summaryOf(runner.reasons), '\n==== fails failed with 3\n  error: no disk\n')
})
