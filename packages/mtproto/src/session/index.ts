export { encodeBindRequest } from './bind.ts'
export { ClientSalts } from './client-salts.ts'
export { ClientSession, type RequestTag, type ServerClock, type SessionHost } from './client-session.ts'
