import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStore } from '../index.ts'
import type { Store } from '../store.ts'
import { checkCounts } from './test-counts.ts'

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))

/** Opens a new store. */
export type OpenStore = () => Store | Promise<Store>

/** Every implementation of the Store port; the contract suites hold each to the same. */
export const IMPLEMENTATIONS: Record<string, OpenStore> = {
  'SQLite in memory': () => openStore({ random, checkDecisions: true }),
  'SQLite in a folder': () =>
    openStore({ random, data: mkdtempSync(join(tmpdir(), 'cablegram-store-')), checkDecisions: true }),
}

/** Has the suites that are imported afterwards run on this implementation alone. */
export function testOnly(name: string, open: OpenStore): void {
  for (const other of Object.keys(IMPLEMENTATIONS)) delete IMPLEMENTATIONS[other]
  IMPLEMENTATIONS[name] = open
}

/** Makes the function that adds a test to a suite: each has a new store, in which counts are right at the end. */
export function holding(open: OpenStore): (title: string, check: (store: Store) => Promise<void>) => void {
  return (title, check) => {
    test(title, async () => {
      const store = await open()
      try {
        await check(store)
        await checkCounts(store)
      } finally {
        await store.close()
      }
    })
  }
}
