import type { Clock } from './ports.ts'
import type { RequestRef } from '../database/store.ts'
import type { Settings } from './settings.ts'
import type { Caller } from '../rules/logins/words.ts'

/** The caller's request, as the store knows it when it comes again. */
export function requestOf(
  { authKeyId, digest }: Pick<Caller, 'authKeyId' | 'digest'>,
  { settings, clock }: { readonly settings: Pick<Settings, 'replayWithinS'>; readonly clock: Clock },
): RequestRef {
  return { authKeyId, digest: digest(), nowMs: clock.nowMs(), rememberedMs: settings.replayWithinS * 1000 }
}
