import type { Caller } from '../../ground/caller.ts'
import { findAccountByName, findAccounts } from '../../rules/accounts/accounts.ts'
import { requireUserId } from '../../rules/accounts/keys.ts'
import { refusal } from '../../rules/index.ts'
import type { PeerId } from '../../rules/messages/words.ts'
import { resolvePhone } from '../../rules/people/contacts.ts'
import { isGroupOf } from '../../rules/people/peers.ts'
import type { OnConsole } from '../on-console.ts'
import type { PeerName } from './words.ts'

/**
 * The peer that a person means.
 *
 * @throws {RpcError} USERNAME_INVALID, USERNAME_NOT_OCCUPIED, PHONE_NOT_OCCUPIED, PEER_ID_INVALID
 */
export async function peerNamed(on: OnConsole, caller: Caller, given: PeerName): Promise<PeerId> {
  const name = String(given).trim()
  if (name === 'me') return requireUserId(caller.state)
  if (/^-?\d+$/.test(name)) return await peerOfId(on, caller, BigInt(name))
  if (name.startsWith('+')) return await resolvePhone(on, caller, name)
  return (await findAccountByName(on, name.replace(/^@/, ''))).id
}

/** Ids come from URLs, too: one with more than 64 bits names nothing. */
async function peerOfId(on: OnConsole, caller: Caller, id: bigint): Promise<PeerId> {
  const isThere = BigInt.asIntN(64, id) === id && (await isPeer(on, caller, id))
  if (!isThere) throw refusal('PEER_ID_INVALID')
  return id
}

async function isPeer(on: OnConsole, { state }: Caller, id: bigint): Promise<boolean> {
  if (id < 0n) return await isGroupOf(on, requireUserId(state), -id)
  return (await findAccounts(on, [id])).length > 0
}

/** The person or bot that is meant. @throws {RpcError} USER_ID_INVALID for a group, and as {@link peerNamed} */
export async function userNamed(on: OnConsole, caller: Caller, name: PeerName): Promise<bigint> {
  const peerId = await peerNamed(on, caller, name)
  if (peerId < 0n) throw refusal('USER_ID_INVALID')
  return peerId
}

/** The group that is meant, by its id. @throws {RpcError} CHAT_ID_INVALID for a person, and as {@link peerNamed} */
export async function groupNamed(on: OnConsole, caller: Caller, name: PeerName): Promise<bigint> {
  const peerId = await peerNamed(on, caller, name)
  if (peerId > 0n) throw refusal('CHAT_ID_INVALID')
  return -peerId
}
