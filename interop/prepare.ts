/**
 * Installs the clients, and builds the libraries that the talks and sessions need, one after the other. A library that fails is
 * tried again by the test that needs it, which tells why.
 */
import { installClients, missing } from './install.ts'
import { installed, TALKERS } from './talkers.ts'

installClients()
for (const talker of TALKERS) {
  if (talker.needs?.some((need) => missing(need) !== undefined)) continue
  try {
    installed(talker)
  } catch (error) {
    console.log(`${talker.name} is not ready: ${(error as Error).message}`)
  }
}
