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
    run: async ({ body, services }) => ({ status: 201, body: await services.webTokens.create(body) }),
  }),
]
