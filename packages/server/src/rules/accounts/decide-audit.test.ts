import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStore } from '../../database/index.ts'
import { seededRandom } from '../test-world.ts'
import { addAuditEntry, listAuditEntries } from './decide-audit.ts'

test('a flood of refusals displaces only the oldest refusals', async () => {
  const store = openStore({ random: seededRandom('audit') })
  const list = (afterId: number) => store.decide(() => listAuditEntries({ afterId, limit: 2 }))
  store.defer(() => addAuditEntry({ atMs: 0, action: 'signedIn', phone: '9996621234' }))
  // At most 10,000 entries wait for a write at a time.
  for (let noted = 0; noted < 60_000; noted += 5000) {
    for (let index = 0; index < 5000; index++)
      store.defer(() => addAuditEntry({ atMs: 0, action: 'refused' }))
    await list(0)
  }
  const [first, second] = await list(0)
  assert.deepEqual([first?.id, first?.action, second?.action], [1, 'signedIn', 'refused'])
  // Counted when number 59,392 came: that and the 49,999 before it were left.
  assert.equal(second?.id, 59_392 - 50_000 + 1)
  await store.close()
})
