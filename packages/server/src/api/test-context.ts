import type { Caller } from '../ground/caller.ts'
import { NO_LANG_PACKS } from '../lang-packs/index.ts'
import { findAccounts } from '../rules/accounts/accounts.ts'
import { refusal } from '../rules/index.ts'
import type { World } from '../rules/test-world.ts'
import type { HandlerContext } from './handler.ts'

/** The context of a handler that a signed-in caller of a world calls. */
export function contextOf(world: World, caller: Caller): HandlerContext {
  return {
    caller,
    tempAuthKeyId: undefined,
    isTest: false,
    on: world.rules,
    client: undefined,
    langPacks: NO_LANG_PACKS,
    nowS: Math.floor(world.clock.nowMs() / 1000),
    dataCentres: [],
    lastBytes: (pieces) => Uint8Array.from(Buffer.concat(pieces)),
    async requireUser() {
      const userId = caller.state.at === 'authorized' ? caller.state.userId : 0n
      const [account] = await findAccounts(world.rules, [userId])
      if (account === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
      return account
    },
  }
}
