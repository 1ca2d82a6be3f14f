import { type Cause, cause } from './registry.ts'
import { appOf, type World } from './world.ts'

const user = async (world: World) => world.user(await world.server())
const MISSING = {
  _: 'inputUserFromMessage',
  peer: { _: 'inputPeerSelf' },
  msgId: 99,
  userId: 777_000n,
} as const

/** A client that is signed in as a bot. */
async function bot(world: World, username: string) {
  const server = await world.server()
  const { token } = await server.bots.create({ username })
  const client = world.connect(server)
  await client.auth.importBotAuthorization({ flags: 0, ...appOf(server), botAuthToken: token })
  return client
}

/** Causes of errors about people. */
export const PEOPLE_CAUSES: readonly Cause[] = [
  cause('users.getFullUser', '400 MSG_ID_INVALID', async (world) =>
    (await user(world)).users.getFullUser({ id: MISSING }),
  ),
  cause('users.getUsers', '400 FROM_MESSAGE_BOT_DISABLED', async (world) =>
    (await bot(world, 'from_message_bot')).users.getUsers({ id: [MISSING] }),
  ),
]
