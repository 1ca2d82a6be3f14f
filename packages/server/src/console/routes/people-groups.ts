import { addAs, createGroupAs, joinAs, leaveAs, linkAs, promoteAs, removeAs } from '../people/groups.ts'
import * as schemas from '../people/schemas.ts'
import type { Route } from '../route.ts'
import { answers, does } from './person-route.ts'

/** Groups of people to act as. */
export const peopleGroupRoutes: readonly Route[] = [
  answers(
    {
      path: 'groups',
      summary: 'Make a group',
      body: schemas.newGroup,
      status: 201,
      answer: schemas.newGroupInfo,
    },
    createGroupAs,
  ),
  does({ path: 'members', summary: 'Bring somebody into a group', body: schemas.memberChange }, addAs),
  does({ path: 'removals', summary: 'Take somebody out of a group', body: schemas.memberChange }, removeAs),
  does(
    {
      path: 'admins',
      summary: 'Make a member of a group an admin, or with on false end that',
      body: schemas.adminChange,
    },
    promoteAs,
  ),
  answers(
    {
      path: 'links',
      summary: 'Make a link to a group',
      body: schemas.newLink,
      status: 201,
      answer: schemas.groupLink,
    },
    linkAs,
  ),
  answers(
    {
      path: 'joins',
      summary: 'Join a group by a link',
      body: schemas.join,
      status: 200,
      answer: schemas.peerCard,
    },
    joinAs,
  ),
  does({ path: 'leaves', summary: 'Leave a group', body: schemas.leaving }, leaveAs),
]
