import type { Random } from '@cablegram/mtproto'
import type { Logger } from 'pino'
import type { Nudge } from '../bus/nudge.ts'
import type { StoreError } from '../database/errors.ts'
import { openPostgresStore, openStore, type Store } from '../database/index.ts'
import type { ResolvedOptions } from './options.ts'

/** A variable of this repository's tests: `1` has a decision fail that changes a key's record without a nudge, or locks in another order. */
const CHECK_DECISIONS = 'CABLEGRAM_CHECK_DECISIONS'

/** The parts that a store is opened with. */
export interface StoreParts {
  readonly random: Random
  readonly logger: Logger
  readonly onNudges: (nudges: readonly Nudge[]) => void
}

/**
 * The store that the options ask for: PostgreSQL, a folder, or memory.
 *
 * @throws {UsageError} one sentence with the next step, if it cannot be used
 */
export async function openStoreFor(
  { postgres, data, secretFile, nowMs }: ResolvedOptions,
  { random, logger, onNudges }: StoreParts,
): Promise<Store> {
  const parts = {
    random,
    onNotice: (notice: string) => logger.warn(notice),
    onTrouble: (trouble: StoreError | undefined) => logTrouble(trouble, logger),
    onNudges,
  }
  const checkDecisions = process.env[CHECK_DECISIONS] === '1'
  if (postgres === undefined || secretFile === undefined)
    return openStore({ ...parts, data, secretFile, checkDecisions })
  return await openPostgresStore({ ...parts, url: postgres, secretFile, nowMs })
}

/** Once for each time that writes begin to fail, whatever number of requests it meets. */
function logTrouble(trouble: StoreError | undefined, logger: Logger): void {
  if (trouble === undefined) logger.info('the store takes writes again')
  else logger.error({ err: trouble, code: trouble.code }, `the store takes no writes: ${trouble.message}`)
}
