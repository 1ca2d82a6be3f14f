/** Somebody on the bus who says again what nodes have said: at once, late, and in another order. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Rng } from '@cablegram/mtproto/testing'
import { createClient } from '@redis/client'

const MOST_LATE_MS = 2_000
const AT_ONCE = 8

/** Begins. @returns ends it, with the number of messages that were said again */
export async function startMischief(url: string, rng: Rng): Promise<() => Promise<number>> {
  const [speaker, hearer] = [createClient({ url }), createClient({ url })]
  for (const client of [speaker, hearer]) client.on('error', () => {})
  await Promise.all([speaker.connect(), hearer.connect()])
  /** Its own messages come back to it, and are not said a third time. */
  const said = new Set<string>()
  const held: [channel: string, message: string][] = []
  const under = new Set<Promise<unknown>>()
  let isOver = false
  let count = 0

  function say(channel: string, message: string): void {
    if (isOver) return
    count += 1
    under.add(speaker.publish(channel, message))
  }

  await hearer.pSubscribe('*', (message, channel) => {
    if (said.has(message) || !message.includes('"kind"')) return
    said.add(message)
    say(channel, message)
    void wait(rng.between(0, MOST_LATE_MS)).then(() => say(channel, message))
    held.push([channel, message])
    if (held.length >= AT_ONCE) for (const [to, each] of held.splice(0).toReversed()) say(to, each)
  })
  return async () => {
    isOver = true
    await Promise.allSettled(under)
    for (const client of [speaker, hearer]) client.destroy()
    return count
  }
}
