import { createWebToken } from '../../rules/logins/web-tokens.ts'
import { refusing } from '../acts/refusals.ts'
import { type Route, route } from '../route.ts'
import { newWebToken, webToken } from '../schemas.ts'

/** Tokens that a website gives its visitors to sign in with. */
export const webTokenRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/web-tokens',
    summary: 'Make a token that signs in to an account once, by auth.importWebTokenAuthorization',
    body: newWebToken,
    answers: { 201: webToken },
    run: async ({ body, on }) => ({
      status: 201,
      body: await refusing(createWebToken(on, body.phone), undefined, body.phone),
    }),
  }),
]
