import type { Ground } from '../../ground/ground.ts'
import { type ForgottenChat, forgetPart, listForgotten } from './decide-forgetting.ts'

type ForgettingGround = Pick<Ground, 'store' | 'settings'>

/** Takes all of a history that a box loses, a part at a time. Whoever finds it half done may go on. */
export async function forgetChat({ store, settings }: ForgettingGround, chat: ForgottenChat): Promise<void> {
  while (!(await store.decide(() => forgetPart(settings, chat))).isOver);
}

/** Ends what a call has begun and was kept from ending: its server was killed. */
export async function forgetChats(on: ForgettingGround): Promise<void> {
  for (const chat of await on.store.look(listForgotten)) await forgetChat(on, chat)
}
