/** `node setup.mjs site/src/readme-counts.ts`: writes what the reference has into README.md, between its two marks. */
import { readFileSync, writeFileSync } from 'node:fs'
import { countsTable, README_PART } from './build/counts-table.ts'
import { buildModel } from './model/build-model.ts'
import { paths } from './paths.ts'

const file = `${paths.root}README.md`
const table = countsTable(await buildModel({ borrow: false }))
writeFileSync(file, readFileSync(file, 'utf8').replace(README_PART, `$1\n${table}\n$3`))
