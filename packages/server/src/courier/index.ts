export { createInbox, type Inbox, type InboxWait } from './inbox.ts'
export * from './port.ts'
