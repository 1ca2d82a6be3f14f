import { type Route, route } from '../route.ts'
import { health, serverInfo } from '../schemas.ts'

/** What the server is and how it does. */
export const serverRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/server.json',
    summary: 'Where the server listens, its public keys and apps: all a client needs',
    answers: { 200: serverInfo },
    run: async ({ services }) => ({ status: 200, body: await services.info() }),
  }),
  route({
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the server can do its work',
    answers: { 200: health },
    run: async ({ services }) => ({
      status: 200,
      body: { status: (await services.isHealthy()) ? 'ok' : 'failing' },
    }),
  }),
]
