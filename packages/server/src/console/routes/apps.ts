import * as v from 'valibot'
import { addApp, editApp, letAppIn, showApps, showRefusedApps } from '../acts/apps.ts'
import { ConsoleError } from '../error.ts'
import { apiIdAsText } from '../fields.ts'
import { type Route, route } from '../route.ts'
import { app, appChange, newApp, ownApp, refusedApp } from '../schemas.ts'

/** The apps that may sign in. */
export const appRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/apps',
    summary: 'The apps that may sign in',
    answers: { 200: v.object({ apps: v.array(app) }) },
    run: async ({ on }) => ({ status: 200, body: { apps: await showApps(on) } }),
  }),
  route({
    method: 'GET',
    path: '/api/apps/refused',
    summary: 'The apps that were refused since the start, with the command that lets each one in',
    answers: { 200: v.object({ apps: v.array(refusedApp) }) },
    run: async ({ on }) => ({ status: 200, body: { apps: showRefusedApps(on) } }),
  }),
  route({
    method: 'POST',
    path: '/api/apps',
    summary: 'Make an app: a new api_id with its api_hash',
    body: newApp,
    answers: { 201: app },
    run: async ({ body, on }) => ({ status: 201, body: await addApp(on, body) }),
  }),
  route({
    method: 'PUT',
    path: '/api/apps/{apiId}',
    summary: 'Let an app sign in that has its api_id and api_hash already',
    params: v.object({ apiId: apiIdAsText }),
    body: ownApp,
    answers: { 200: app },
    run: async ({ params, body, on }) => ({
      status: 200,
      body: await letAppIn(on, params.apiId, body),
    }),
  }),
  route({
    method: 'PATCH',
    path: '/api/apps/{apiId}',
    summary: 'Change an app',
    params: v.object({ apiId: apiIdAsText }),
    body: appChange,
    answers: { 200: app },
    refuses: [404],
    async run({ params, body, on }) {
      const changed = await editApp(on, params.apiId, body)
      if (changed !== undefined) return { status: 200, body: changed }
      throw new ConsoleError(
        404,
        'APP_NOT_FOUND',
        `No app has the api_id ${params.apiId}.`,
        'List the apps: npx cablegram app (GET /api/apps).',
      )
    },
  }),
]
