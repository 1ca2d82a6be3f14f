import type { RequestRef } from '../rules/accounts/words.ts'
import type { Caller } from './caller.ts'
import type { Clock } from './clock.ts'
import type { Settings } from './settings.ts'

/** The caller's request, as the store knows it when it comes again. */
export function requestOf(
  { authKeyId, digest }: Pick<Caller, 'authKeyId' | 'digest'>,
  { settings, clock }: { readonly settings: Pick<Settings, 'replayWithinS'>; readonly clock: Clock },
): RequestRef {
  return { authKeyId, digest: digest(), nowMs: clock.nowMs(), rememberedMs: settings.replayWithinS * 1000 }
}
