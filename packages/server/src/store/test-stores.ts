import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '../domain/test-world.ts'
import { openStore } from './index.ts'
import type { Store } from './port.ts'

/** Every implementation of the Store port; the contract suites hold each to the same. */
export const IMPLEMENTATIONS: { readonly [name: string]: () => Store } = {
  'SQLite in memory': () => openStore({ random: seededRandom('store') }),
  'SQLite in a folder': () =>
    openStore({ random: seededRandom('store'), data: mkdtempSync(join(tmpdir(), 'cablegram-store-')) }),
}
