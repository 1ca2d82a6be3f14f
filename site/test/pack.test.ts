import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeReference } from '@cablegram/server/reference'
import { siteFiles } from '../src/build/files.ts'
import { model } from './built.ts'

const MAX_BYTES = 1_000_000

test('all pages, their twins, the style and the search ship in less than 1 MB', async () => {
  const bytes = await encodeReference(
    siteFiles(model, () => {}),
    { layer: model.layers.newest },
  )
  console.log(`pages: ${(bytes.length / 1e6).toFixed(2)} MB`)
  assert.ok(bytes.length < MAX_BYTES, String(bytes.length))
})
