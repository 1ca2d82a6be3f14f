import type { Settings } from '../../ground/settings.ts'
import type { Box } from './words.ts'

/** The box of an account, under the limits of the settings. */
export function boxOf({ maxMessages, maxEvents }: Settings, userId: bigint): Box {
  return { boxId: userId, keptMessages: maxMessages, keptEvents: maxEvents }
}
