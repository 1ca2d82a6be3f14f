/** Everything that comes to each session in the chats of a seed, for stores of any engine: their randomness is the same. */
import type { Random } from '@cablegram/mtproto'
import type { Nudge } from '../../../packages/server/src/bus/nudge.ts'
import { openStore } from '../../../packages/server/src/database/index.ts'
import type { Store } from '../../../packages/server/src/database/store.ts'
import { seededRandom } from '../../../packages/server/src/rules/test-world.ts'
import { runChats } from './direct.ts'

/** The secret of every store: access hashes are made with it. */
export const SECRET: Uint8Array = new Uint8Array(32).fill(5)

const SEED = 23
/** The amount of work. */
export interface TranscriptSize {
  readonly operations: number
  readonly devicesEach: number
}

export const SMALL: TranscriptSize = { operations: 40, devicesEach: 1 }
export const LARGE: TranscriptSize = { operations: 300, devicesEach: 2 }

/** Opens a store with {@link SECRET}. */
export type OpenTranscribed = (onNudges: (nudges: readonly Nudge[]) => void, random: Random) => Promise<Store>

/** @returns the lines of each session, in their order: every answer, push and difference */
export async function transcribe(size: TranscriptSize, open: OpenTranscribed): Promise<string[]> {
  const { wrong, transcript } = await runChats({
    seed: SEED,
    ...size,
    atOnce: 1,
    isUnchecked: true,
    openStore: (onNudges) => open(onNudges, seededRandom('store')),
  })
  if (wrong.length > 0) throw new Error(wrong.join('; '))
  const sessionOf = (line: string): string => line.split(' ', 1)[0] ?? ''
  const sessions = [...new Set(transcript.map(sessionOf))].sort()
  return sessions.flatMap((name) => transcript.filter((line) => sessionOf(line) === name))
}

/** The transcript on SQLite in memory. */
export function transcribeOnSqlite(size: TranscriptSize): Promise<string[]> {
  return transcribe(size, async (onNudges, random) => {
    let isFirst = true
    // A store in memory makes its secret of the first bytes.
    const withSecret: Random = (length) => {
      if (!isFirst) return random(length)
      isFirst = false
      return SECRET
    }
    return openStore({ random: withSecret, onNudges, checkDecisions: true })
  })
}
