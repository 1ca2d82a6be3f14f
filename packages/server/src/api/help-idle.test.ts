import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HandlerContext } from './handler.ts'
import { getPeerColors } from './help-idle.ts'

const NO_CONTEXT = {} as HandlerContext

test('names have the seven colours that every client has built in, each without a palette', async () => {
  const list = await getPeerColors({ _: 'help.getPeerColors', hash: 0 }, NO_CONTEXT)
  assert(list._ === 'help.peerColors')
  assert.deepEqual(
    list.colors,
    [0, 1, 2, 3, 4, 5, 6].map((colorId) => ({ _: 'help.peerColorOption', colorId })),
  )
  const again = await getPeerColors({ _: 'help.getPeerColors', hash: list.hash }, NO_CONTEXT)
  assert.deepEqual(again, { _: 'help.peerColorsNotModified' })
})
