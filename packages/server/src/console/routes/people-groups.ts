import * as v from 'valibot'
import { addAs, createGroupAs, joinAs, leaveAs, linkAs, promoteAs, removeAs } from '../people/groups.ts'
import { personNamed } from '../people/people.ts'
import * as schemas from '../people/schemas.ts'
import { type Route, route } from '../route.ts'

const params = v.object({ id: schemas.peerNameAsText })

/** Groups of people to act as. */
export const peopleGroupRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/people/{id}/groups',
    summary: 'Make a group',
    params,
    body: schemas.newGroup,
    answers: { 201: schemas.newGroupInfo },
    refuses: [404, 429],
    run: async ({ params, body, on }) => ({
      status: 201,
      body: await createGroupAs(on, await personNamed(on, params.id), body),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/people/{id}/members',
    summary: 'Bring somebody into a group',
    params,
    body: schemas.memberChange,
    answers: { 204: undefined },
    refuses: [404, 429],
    async run({ params, body, on }) {
      await addAs(on, await personNamed(on, params.id), body)
      return { status: 204 }
    },
  }),
  route({
    method: 'POST',
    path: '/api/people/{id}/removals',
    summary: 'Take somebody out of a group',
    params,
    body: schemas.memberChange,
    answers: { 204: undefined },
    refuses: [404, 429],
    async run({ params, body, on }) {
      await removeAs(on, await personNamed(on, params.id), body)
      return { status: 204 }
    },
  }),
  route({
    method: 'POST',
    path: '/api/people/{id}/admins',
    summary: 'Make a member of a group an admin, or with on false end that',
    params,
    body: schemas.adminChange,
    answers: { 204: undefined },
    refuses: [404, 429],
    async run({ params, body, on }) {
      await promoteAs(on, await personNamed(on, params.id), body)
      return { status: 204 }
    },
  }),
  route({
    method: 'POST',
    path: '/api/people/{id}/links',
    summary: 'Make a link to a group',
    params,
    body: schemas.newLink,
    answers: { 201: schemas.groupLink },
    refuses: [404, 429],
    run: async ({ params, body, on }) => ({
      status: 201,
      body: await linkAs(on, await personNamed(on, params.id), body),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/people/{id}/joins',
    summary: 'Join a group by a link',
    params,
    body: schemas.join,
    answers: { 200: schemas.peerCard },
    refuses: [404, 429],
    run: async ({ params, body, on }) => ({
      status: 200,
      body: await joinAs(on, await personNamed(on, params.id), body),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/people/{id}/leaves',
    summary: 'Leave a group',
    params,
    body: schemas.leaving,
    answers: { 204: undefined },
    refuses: [404, 429],
    async run({ params, body, on }) {
      await leaveAs(on, await personNamed(on, params.id), body)
      return { status: 204 }
    },
  }),
]
