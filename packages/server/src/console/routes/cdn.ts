import * as v from 'valibot'
import { chooseFileForCdn } from '../acts/cdn.ts'
import { fileIdAsText } from '../fields.ts'
import { type Route, route } from '../route.ts'
import { cdnChoice } from '../schemas.ts'

/** Files that clients are sent to the CDN for. */
export const cdnRoutes: readonly Route[] = [
  route({
    method: 'PUT',
    path: '/api/files/{id}/cdn',
    summary: 'Have clients that can go to the CDN sent there for a photo or document, or not',
    params: v.object({ id: fileIdAsText }),
    body: cdnChoice,
    answers: { 204: undefined },
    refuses: [404, 409],
    async run({ params, body, on }) {
      await chooseFileForCdn(on, BigInt(params.id), body)
      return { status: 204 }
    },
  }),
]
