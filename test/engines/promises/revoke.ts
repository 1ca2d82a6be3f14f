/** A login that is ended at one node, and how long another node still serves it. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { memorySession, TelegramClient } from '@cablegram/client'
import { RpcError } from '@cablegram/mtproto'
import { listUsers } from '../../e2e/console.ts'
import { ownPhone, signUp } from '../../e2e/logins.ts'
import type { Cluster } from '../cluster.ts'

const PAUSE_MS = 5

/**
 * Ends a new login at the first node; its client is connected to the second.
 *
 * @param signal ends a wait for nothing
 * @returns how long after the end the last call was sent that was still served, in milliseconds
 */
export async function revokeLate(cluster: Cluster, phone: string, signal: AbortSignal): Promise<number> {
  const server = cluster.readyOf(1)
  const client = new TelegramClient(memorySession(), { server })
  try {
    await signUp(client, server, phone)
    let servedMs = Number.NEGATIVE_INFINITY
    const serving = (async () => {
      for (;;) {
        const sentMs = performance.now()
        if (!(await isServed(client))) return
        servedMs = sentMs
        await wait(PAUSE_MS, undefined, { signal })
      }
    })()
    const console = cluster.consoleOf(0)
    const [account] = await listUsers(console, phone)
    const [session] = account?.sessions ?? []
    assert.ok(account && session)
    const response = await fetch(`${console}/api/users/${account.id}/sessions/${session.hash}`, {
      method: 'DELETE',
    })
    assert.ok(response.ok)
    const endedMs = performance.now()
    await serving
    return Math.max(0, servedMs - endedMs)
  } finally {
    await client.close()
  }
}

async function isServed(client: TelegramClient): Promise<boolean> {
  try {
    await ownPhone(client)
    return true
  } catch (error) {
    assert.ok(error instanceof RpcError && error.code === 401, String(error))
    return false
  }
}
