// Own process: it is long.
/**
 * Triggers the errors of the table by their causes, over the wire: every third error once, and in the long form, which
 * `npm run test:secrets` runs, every row.
 */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { RpcError } from '@cablegram/client'
import { OldError } from '../e2e/old-wire.ts'
import { isLong, sampled } from '../effort.ts'
import { CAUSES } from './index.ts'
import { textPattern } from './registry.ts'
import { World } from './world.ts'

/** The first row of each error. */
const FIRST = CAUSES.filter(
  ({ code, name }, at) => CAUSES.findIndex((row) => row.code === code && row.name === name) === at,
)

const world = new World()
after(() => world.close())

describe('each error has a cause', { concurrency: 8 }, () => {
  for (const { method, code, name, run } of isLong ? CAUSES : sampled(FIRST)) {
    it(`${method}: ${code} ${name}`, async () => {
      await assert.rejects(run(world), (error) => {
        assert.ok(error instanceof RpcError || error instanceof OldError, String(error))
        assert.equal(error.code, code, error.message)
        assert.match(error.message, textPattern(name))
        if (method !== 'any' && error instanceof RpcError) assert.equal(error.method, method)
        return true
      })
    })
  }
})
