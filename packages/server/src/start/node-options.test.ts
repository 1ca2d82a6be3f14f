import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findDifferences } from '../nodes/differences.ts'
import { createSettings } from '../rules/index.ts'
import { nodeOptionsOf, otherSettings } from './node-options.ts'

const OPTIONS = { testClock: false, dcs: 1, cdn: 'off', limits: 'box', passkeyDomain: 'localhost' } as const
const BOX = createSettings('box')

test('other settings are told by their paths, with both values', () => {
  const changed = createSettings('box', {
    codeLifetimeS: 60,
    password: { ...BOX.password, limit: { ...BOX.password.limit, max: 9 } },
    testNumbers: false,
    terms: { text: 'x'.repeat(1_000), popup: false, minAge: undefined },
  })
  const [one, two] = [nodeOptionsOf(OPTIONS, BOX, '1'), nodeOptionsOf(OPTIONS, changed, '1')]
  assert.deepEqual(findDifferences(one, one), { same: [], settings: [] })
  const { same, settings } = findDifferences(two, one)
  assert.deepEqual(same, [])
  assert.equal(
    otherSettings(3, settings),
    `node 3 runs with other settings: password.limit.max ${BOX.password.limit.max} (here 9), testNumbers on (here off), ` +
      'terms.text none (here 1000 characters, SHA-256 44f83544…), terms.popup none (here off), ' +
      `codeLifetimeS ${BOX.codeLifetimeS} (here 60); ` +
      'give all nodes the same, unless this is a rolling restart',
  )
})

test('nodes with other folders of files do not fit together', () => {
  const [one, two] = [nodeOptionsOf(OPTIONS, BOX, '1'), nodeOptionsOf(OPTIONS, BOX, '2')]
  assert.deepEqual(findDifferences(one, two).same, [
    { name: 'files', ours: 'with the number 1', theirs: 'with the number 2' },
  ])
})

test('settings that options set are compared as options', () => {
  const [one, two] = ['localhost', 'example.org'].map((passkeyDomain) =>
    nodeOptionsOf(
      { ...OPTIONS, passkeyDomain },
      createSettings('box', { passkeys: { ...BOX.passkeys, rpId: passkeyDomain } }),
      '1',
    ),
  )
  assert.ok(one && two)
  assert.deepEqual(findDifferences(one, two), {
    same: [{ name: 'passkeyDomain', ours: 'localhost', theirs: 'example.org' }],
    settings: [],
  })
})
