import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorld } from '../rules/test-world.ts'
import { joinWhole } from './join.ts'
import { createLogger } from './logger.ts'
import { resolveOptions } from './options.ts'

test('a node that has other files than one that runs is refused, and one that has the same joins', async () => {
  const { store, bus, clock, rules } = await createWorld()
  const options = { ...resolveOptions({}), postgres: 'postgres://127.0.0.1/cablegram' }
  const join = async (name: string, filesId: string) => {
    const { membership } = await joinWhole(options, {
      ...{ store, bus, clock, name, filesId, settings: rules.settings },
      logger: createLogger('silent'),
      setOthers: () => undefined,
      recover: async () => undefined,
    })
    return membership ?? assert.fail('a single node')
  }
  const first = await join('a', '1')
  await assert.rejects(join('b', '2'), {
    code: 'NODE_OPTIONS_DIFFER',
    message: /runs with --files with the number 1, and this one with --files with the number 2:/,
  })
  const second = await join('c', '1')
  assert.equal(second.number, 2, 'the refused node has left the list')
  await second.leave()
  await first.leave()
  const other = await join('b', '2')
  await other.leave()
})
