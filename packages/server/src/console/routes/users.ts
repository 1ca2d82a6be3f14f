import * as v from 'valibot'
import { removeSession } from '../../rules/accounts/accounts.ts'
import { removeAccount } from '../../rules/people/remove-account.ts'
import { addUser, editUser, showUsers } from '../acts/users.ts'
import { ConsoleError } from '../error.ts'
import { idAsText, phone, sessionHash } from '../fields.ts'
import { type Route, route } from '../route.ts'
import { newUser, user, userChange } from '../schemas.ts'

/** The accounts and their sessions. */
export const userRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/users',
    summary: 'The accounts, with their sessions',
    query: v.object({ phone: v.optional(phone) }),
    answers: { 200: v.object({ users: v.array(user) }) },
    run: async ({ query, on }) => ({
      status: 200,
      body: { users: await showUsers(on, query.phone) },
    }),
  }),
  route({
    method: 'POST',
    path: '/api/users',
    summary: 'Make an account without signing in',
    body: newUser,
    answers: { 201: user },
    refuses: [409],
    run: async ({ body, on }) => ({ status: 201, body: await addUser(on, body) }),
  }),
  route({
    method: 'PATCH',
    path: '/api/users/{id}',
    summary: 'Change the password, the recovery address or the login e-mail of an account',
    params: v.object({ id: idAsText }),
    body: userChange,
    answers: { 200: user },
    refuses: [404],
    async run({ params, body, on }) {
      const changed = await editUser(on, params.id, body)
      if (changed !== undefined) return { status: 200, body: changed }
      throw noSuchUser(params.id)
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/users/{id}',
    summary: 'Delete an account; its sessions are signed out',
    params: v.object({ id: idAsText }),
    answers: { 204: undefined },
    refuses: [404],
    async run({ params, on }) {
      if (await removeAccount(on, BigInt(params.id))) return { status: 204 }
      throw noSuchUser(params.id)
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/users/{id}/sessions/{hash}',
    summary: 'Sign one session of an account out',
    params: v.object({ id: idAsText, hash: sessionHash }),
    answers: { 204: undefined },
    refuses: [404],
    async run({ params, on }) {
      if (await removeSession(on, BigInt(params.id), BigInt(params.hash))) return { status: 204 }
      throw new ConsoleError(
        404,
        'SESSION_NOT_FOUND',
        `Account ${params.id} has no session ${params.hash}.`,
        'List the sessions: npx cablegram user NUMBER (GET /api/users).',
      )
    },
  }),
]

function noSuchUser(id: number): ConsoleError {
  return new ConsoleError(
    404,
    'USER_NOT_FOUND',
    `No account has the id ${id}.`,
    'List the accounts: npx cablegram user (GET /api/users).',
  )
}
