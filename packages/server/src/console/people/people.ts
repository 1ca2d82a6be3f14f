import { RpcError } from '@cablegram/mtproto'
import { findAccountByName, findAccounts, listAccounts } from '../../rules/accounts/accounts.ts'
import { SERVICE_USER } from '../../rules/accounts/service-user.ts'
import type { User as Account } from '../../rules/accounts/words.ts'
import { createBot, listBots } from '../../rules/logins/bots.ts'
import { createAccount } from '../../rules/passwords/new-accounts.ts'
import { updateProfile } from '../../rules/people/profiles.ts'
import { digitsIn } from '../../typed-text.ts'
import { refusing } from '../acts/refusals.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import { type Actor, actorOf } from './actor.ts'
import { madeUpBotName, withTestNumber } from './made-up.ts'
import type { NewPerson, NewPersonInfo, PeerName, PersonInfo } from './words.ts'

/**
 * Makes an account to act as: a person or a bot.
 *
 * @throws {ConsoleError} 400 if the number or a name is invalid, 409 if it is taken
 */
export async function createPerson(on: OnConsole, person: NewPerson): Promise<NewPersonInfo> {
  const made = person.bot === true ? await createBotPerson(on, person) : await createHuman(on, person)
  on.gateway.watchedCalls.watch(BigInt(made.id))
  return made
}

async function createHuman(on: OnConsole, person: NewPerson): Promise<PersonInfo> {
  const { firstName, lastName, username, phone } = person
  const make = (number: string) => createAccount(on, { phone: number, firstName, lastName, username })
  const making = phone === undefined ? withTestNumber(on, make) : make(phone)
  return personInfo(await refusing(making, undefined, phone))
}

async function createBotPerson(on: OnConsole, person: NewPerson): Promise<NewPersonInfo> {
  const { firstName, lastName = '', phone: ownerPhone } = person
  const username = person.username ?? madeUpBotName(on, firstName)
  const { bot, token } = await refusing(createBot(on, { username, ownerPhone }))
  await refusing(updateProfile(on, actorOf(bot).caller, { firstName, lastName }))
  return { ...personInfo({ ...bot, firstName, lastName }), token }
}

/** Lists all accounts that somebody can act as. */
export async function listPeople(on: OnConsole): Promise<PersonInfo[]> {
  const [people, bots] = await Promise.all([listAccounts(on), listBots(on)])
  return [...people, ...bots].map(personInfo)
}

/** Finds an account to act as. @throws {ConsoleError} 404 PERSON_NOT_FOUND */
export async function personNamed(on: OnConsole, name: PeerName): Promise<Actor> {
  const account = await accountNamed(on, String(name).trim())
  if (account !== undefined && account.id !== SERVICE_USER.id) {
    on.gateway.watchedCalls.watch(account.id)
    return actorOf(account)
  }
  throw new ConsoleError(
    404,
    'PERSON_NOT_FOUND',
    'No account has this id, name or number.',
    'List the accounts: npx cablegram people (GET /api/people).',
  )
}

/** The same person again. @throws {ConsoleError} 404 PERSON_NOT_FOUND if the account was deleted, or another has its id since */
export async function stillThere(on: OnConsole, { account }: Actor): Promise<Actor> {
  const [found] = await findAccounts(on, [account.id])
  if (found?.accessHash === account.accessHash) return actorOf(found)
  throw new ConsoleError(
    404,
    'PERSON_NOT_FOUND',
    `The account of ${account.firstName} is gone: it was deleted, or the server was reset.`,
    'Make the person again.',
  )
}

async function accountNamed(on: OnConsole, name: string): Promise<Account | undefined> {
  if (/^\d{1,16}$/.test(name)) return (await findAccounts(on, [BigInt(name)]))[0]
  if (name.startsWith('+')) return (await listAccounts(on, digitsIn(name)))[0]
  try {
    return await findAccountByName(on, name.replace(/^@/, ''))
  } catch (error) {
    if (error instanceof RpcError) return undefined
    throw error
  }
}

/** An account in words. */
export function personInfo({ id, phone, username, firstName, lastName, isBot }: Account): PersonInfo {
  return {
    id: Number(id),
    ...(!isBot && { phone: `+${phone}` }),
    ...(username !== undefined && { username }),
    firstName,
    lastName,
    isBot,
  }
}
