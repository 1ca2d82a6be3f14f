import { lookup, Resolver } from 'node:dns/promises'
import type { Address } from './hosts.ts'

/** Finds the addresses of a name. Nobody waits for it once the signal has come. */
export type LookUp = (name: string, signal: AbortSignal) => Promise<readonly Address[]>

/** A name server is asked again after so long, once. */
const ASK_AGAIN_MS = 2_000

/**
 * Asks the name servers of this machine. The machine's own search, which also reads its list of hosts, takes one of the few
 * threads of the process until it ends: names that strangers choose could hold up everything else that is looked up.
 */
export async function askNameServers(
  name: string,
  signal: AbortSignal,
  resolver: Resolver = new Resolver({ timeout: ASK_AGAIN_MS, tries: 2 }),
): Promise<readonly Address[]> {
  const cancel = (): void => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const found: Address[] = [
      ...(four.status === 'fulfilled' ? four.value : []).map((address) => ({ address, family: 4 as const })),
      ...(six.status === 'fulfilled' ? six.value : []).map((address) => ({ address, family: 6 as const })),
    ]
    if (found.length === 0 && four.status === 'rejected') throw four.reason
    return found
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/**
 * Searches as the machine does. One search for a name serves all who wait for it, and those who come while it goes on: there are
 * never more than names.
 */
export function sharedLookUp(search: (name: string) => Promise<readonly Address[]> = machineSearch): LookUp {
  const running = new Map<string, Promise<readonly Address[]>>()
  return async (name) => {
    const known = running.get(name)
    if (known !== undefined) return await known
    const own = search(name).finally(() => running.delete(name))
    running.set(name, own)
    return await own
  }
}

async function machineSearch(name: string): Promise<readonly Address[]> {
  const found = await lookup(name, { all: true })
  return found.map(({ address, family }) => ({ address, family: family === 4 ? 4 : 6 }))
}
