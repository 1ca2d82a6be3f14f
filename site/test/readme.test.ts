import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { countsTable, README_PART } from '../src/build/counts-table.ts'
import { paths } from '../src/paths.ts'
import { model, rendered, tableBelow } from './built.ts'

test('the README has the counts of the pages; `node setup.mjs site/src/readme-counts.ts` writes them', () => {
  const written = README_PART.exec(readFileSync(`${paths.root}README.md`, 'utf8'))?.[2]
  assert.equal(written, countsTable(model))
})

test('the column "Required" is right on every row of every method', () => {
  let rows = 0
  for (const { name, fields } of model.methods.values()) {
    const shown = tableBelow(rendered(`/methods/${name}`).markdown, 'Parameters').map(
      ([, , required = '']) => required,
    )
    assert.deepEqual(
      shown.map((text) => text === 'yes'),
      fields.map(({ flag }) => flag === undefined),
      name,
    )
    rows += shown.length
  }
  console.log(`${rows} rows of parameters`)
})
