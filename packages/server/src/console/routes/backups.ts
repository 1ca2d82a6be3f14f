import * as v from 'valibot'
import { backUp } from '../acts/server.ts'
import { type Route, route } from '../route.ts'

/** Copies of the data while the server runs. */
export const backupRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/backups',
    summary: 'Copy the database into the folder backups of the data folder, while the server goes on',
    answers: { 201: v.object({ file: v.string() }) },
    refuses: [409],
    run: async ({ on }) => ({ status: 201, body: await backUp(on) }),
  }),
]
