import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../index.ts'
import type { Store } from '../store.ts'

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))

/** Every implementation of the Store port; the contract suites hold each to the same. */
export const IMPLEMENTATIONS: { readonly [name: string]: () => Store } = {
  'SQLite in memory': () => openStore({ random, checkNudges: true }),
  'SQLite in a folder': () =>
    openStore({ random, data: mkdtempSync(join(tmpdir(), 'cablegram-store-')), checkNudges: true }),
}
