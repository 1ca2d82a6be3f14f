export { createInbox, type Inbox, type InboxWait } from './inbox.ts'
export type * from './port.ts'
