// Own process: it is long.
/** Triggers every error of the table by its cause, over the wire. */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { RpcError } from '@cablegram/client'
import { OldError } from '../e2e/old-wire.ts'
import { CAUSES } from './index.ts'
import { textPattern } from './registry.ts'
import { World } from './world.ts'

const world = new World()
after(() => world.close())

describe('each error has a cause', { concurrency: 8 }, () => {
  for (const { method, code, name, run } of CAUSES) {
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
