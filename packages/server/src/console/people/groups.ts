import { addToGroup, createGroup, editAdmin, removeFromGroup } from '../../rules/groups/groups.ts'
import { exportInvite } from '../../rules/groups/invites.ts'
import { importInvite } from '../../rules/groups/joins.ts'
import { linkOf } from '../../rules/groups/link.ts'
import { refusing } from '../acts/refusals.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { groupNamed, userNamed } from './named-peers.ts'
import { peerCards } from './peer-cards.ts'
import type {
  AdminChange,
  GroupJoin,
  GroupLeaving,
  GroupLink,
  MemberChange,
  NewGroupInfo,
  NewLink,
  NewPersonGroup,
  PeerCard,
} from './words.ts'

/** Makes a group. People whose privacy does not allow it are not brought: `missing`. */
export async function createGroupAs(
  on: OnConsole,
  { account, caller }: Actor,
  { title, with: names }: NewPersonGroup,
): Promise<NewGroupInfo> {
  const making = async () => {
    const userIds: bigint[] = []
    for (const name of names) userIds.push(await userNamed(on, caller, name))
    return await createGroup(on, caller, { title, userIds })
  }
  const { chatId, missingIds } = await refusing(making(), 'messages.createChat')
  const card = (await peerCards(on, account.id, [-chatId]))(-chatId)
  return { ...card, missing: missingIds.map(Number) }
}

/** Brings somebody into a group. */
export async function addAs(on: OnConsole, { caller }: Actor, { chat, user }: MemberChange): Promise<void> {
  const adding = async () => {
    const chatId = await groupNamed(on, caller, chat)
    await addToGroup(on, caller, chatId, await userNamed(on, caller, user), 0)
  }
  await refusing(adding(), 'messages.addChatUser')
}

/** Takes somebody out of a group. */
export async function removeAs(
  on: OnConsole,
  { caller }: Actor,
  { chat, user }: MemberChange,
): Promise<void> {
  const removing = async () => {
    const chatId = await groupNamed(on, caller, chat)
    await removeFromGroup(on, caller, chatId, await userNamed(on, caller, user), false)
  }
  await refusing(removing(), 'messages.deleteChatUser')
}

/** Leaves a group. */
export async function leaveAs(
  on: OnConsole,
  { account, caller }: Actor,
  { chat }: GroupLeaving,
): Promise<void> {
  const leaving = async () =>
    await removeFromGroup(on, caller, await groupNamed(on, caller, chat), account.id, false)
  await refusing(leaving(), 'messages.deleteChatUser')
}

/** Makes a member an admin, or ends that. */
export async function promoteAs(
  on: OnConsole,
  { caller }: Actor,
  { chat, user, on: isAdmin = true }: AdminChange,
): Promise<void> {
  const promoting = async () => {
    const chatId = await groupNamed(on, caller, chat)
    await editAdmin(on, caller, chatId, await userNamed(on, caller, user), isAdmin)
  }
  await refusing(promoting(), 'messages.editChatAdmin')
}

/** Makes a link to a group. */
export async function linkAs(
  on: OnConsole,
  { caller }: Actor,
  { chat, needsRequest = false }: NewLink,
): Promise<GroupLink> {
  const options = { title: '', expiresAtS: 0, usageLimit: 0, needsRequest }
  const making = async () => {
    const chatId = await groupNamed(on, caller, chat)
    return await exportInvite(on, caller, chatId, options, false)
  }
  const { hash } = await refusing(making(), 'messages.exportChatInvite')
  return { link: linkOf(hash) }
}

/** Joins a group by a link. */
export async function joinAs(
  on: OnConsole,
  { account, caller }: Actor,
  { link }: GroupJoin,
): Promise<PeerCard> {
  const { chatId } = await refusing(importInvite(on, caller, link), 'messages.importChatInvite')
  return (await peerCards(on, account.id, [-chatId]))(-chatId)
}
