export { type Actor, actorOf } from './actor.ts'
export { listMessages, newestMessageId, ownMessageId, waitForMessage } from './messages.ts'
export { createPerson, listPeople, personInfo, personNamed, stillThere } from './people.ts'
export { sendAs } from './send.ts'
