import * as v from 'valibot'
import { type Route, route } from '../route.ts'
import { snippetsFor } from '../snippets/index.ts'

const snippet = v.object({
  name: v.string(),
  title: v.string(),
  file: v.string(),
  install: v.string(),
  run: v.string(),
  code: v.string(),
})

/** Programs that connect with other libraries. */
export const snippetRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/snippets',
    summary: 'Programs that sign in to this server with other libraries, as `cablegram connect` prints them',
    answers: { 200: v.object({ snippets: v.array(snippet) }) },
    run: async ({ on }) => ({
      status: 200,
      body: { snippets: snippetsFor(await on.info()) },
    }),
  }),
]
