import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SURFACE_METHODS } from '@cablegram/tl/layers'
import { WRAPPER_IDS } from '../rpc/unwrap.ts'
import { HANDLERS, NOT_YET } from './index.ts'
import { NAMESPACES, onlyHandlers } from './method-table.ts'

test('every method of the surface is a handler, a wrapper, the binding of a key or not built, and nothing else is', () => {
  const built = [...Object.keys(HANDLERS), ...WRAPPER_IDS.keys(), 'auth.bindTempAuthKey', ...NOT_YET]
  assert.deepEqual(built.sort(), [...SURFACE_METHODS].sort())
  assert.equal(new Set(built).size, built.length)
})

test('the compiler accepts no export of a module of handlers that is not a method', () => {
  const folders = { ...NAMESPACES.folders, editFolderNames: () => true }
  // @ts-expect-error folders.editFolderNames is not a method
  assert.ok(onlyHandlers({ ...NAMESPACES, folders }))
  assert.equal(onlyHandlers(NAMESPACES), NAMESPACES)
})
