import type { Caller } from '../../ground/caller.ts'
import type { Settings } from '../../ground/settings.ts'
import type { App } from '../accounts/words.ts'
import { refusal } from '../refusal.ts'

/**
 * Clients below a floor may not sign in until they are updated.
 *
 * @param app undefined where it is not known: then only the floor of the whole server counts
 * @throws {RpcError} UPDATE_APP_TO_LOGIN
 */
export function checkClientFloor(
  { layer, appVersion }: Pick<Caller, 'layer' | 'appVersion'>,
  app: Pick<App, 'minLayer' | 'minAppVersion'> | undefined,
  settings: Pick<Settings, 'minLayer'>,
): void {
  const isBelow = layer < (app?.minLayer ?? settings.minLayer)
  if (isBelow || isOlder(appVersion, app?.minAppVersion ?? '')) throw refusal('UPDATE_APP_TO_LOGIN')
}

/** By the numbers a version begins with, `10.14.2 (beta)`; one without any is older than all that have some. */
function isOlder(version: string, floor: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(floor)]
  for (const [place, number] of want.entries()) {
    const own = have[place] ?? 0
    if (own !== number) return own < number
  }
  return want.length > 0 && have.length === 0
}

function numbersOf(version: string): number[] {
  const [numbers = ''] = /\d+(?:\.\d+)*/.exec(version) ?? []
  return numbers === '' ? [] : numbers.split('.').map(Number)
}
