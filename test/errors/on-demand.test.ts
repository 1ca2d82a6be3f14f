/**
 * Triggers errors of the table by a fault, over the wire: the client receives each complete.
 * Long form: every error that changes the client, too.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ProtocolError, RpcError, type TelegramClient } from '@cablegram/client'
import { errorRows } from '../../scripts/error-coverage.ts'
import { sampled } from '../effort.ts'
import { callWithSomething } from './calls.ts'
import { World } from './world.ts'

const world = new World()
after(() => world.close())

/** More seconds than a client waits by itself. */
const X = 77
/** Errors that move a client elsewhere, change its key, or hold up its later calls. */
const CHANGES_CLIENT = new Set([303, 401, 406, 420])
let shared: Promise<TelegramClient> | undefined

function clientFor(code: number): Promise<TelegramClient> {
  if (CHANGES_CLIENT.has(code)) return world.client()
  shared ??= world.client()
  return shared
}

/** The client follows a 303; after repeated ones it gives up and says who caused it. */
function refusalOf(error: unknown): unknown {
  return error instanceof ProtocolError && error.code === 'MIGRATION_LOOP' ? error.cause : error
}

/** A client of its own for each of them: the short form has every third one. */
const CHANGING = sampled(errorRows().filter(({ code }) => CHANGES_CLIENT.has(code)))
const OTHERS = errorRows().filter(({ code }) => !CHANGES_CLIENT.has(code))

for (const { method, code, name } of [...OTHERS, ...CHANGING]) {
  test(`${method}: ${code} ${name}`, async () => {
    const server = await world.server()
    const client = await clientFor(code)
    const called = method === 'any' ? 'help.getNearestDc' : method
    const text = name.replace(/_X(?=_|$)/, `_${code === 303 ? 3 : X}`)
    const { id } = server.faults.add({ method: called, error: { code, type: text } })
    try {
      await assert.rejects(callWithSomething(client, method), (error) => {
        const refused = refusalOf(error)
        assert.ok(refused instanceof RpcError, String(error))
        assert.deepEqual([refused.code, refused.message, refused.method], [code, text, called])
        return true
      })
    } finally {
      server.faults.remove(id)
    }
  })
}
