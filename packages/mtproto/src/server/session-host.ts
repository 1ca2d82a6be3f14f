import type { ServerSession, ServerSessionHost } from '../session/index.ts'
import type { Connections } from './connections.ts'
import type { Keys } from './keys.ts'
import type { ServerState } from './state.ts'

/** Connects a session to its node: the effects that its messages have outside of it. */
export function makeSessionHost(
  state: ServerState,
  connections: Connections,
  keys: Keys,
  drop: (session: ServerSession) => void,
): ServerSessionHost {
  const connectionOf = ({ connection: id }: ServerSession) =>
    id === undefined ? undefined : connections.get(id)
  return {
    onRequest: (session, { msgId, seqNo }, body) => {
      const connection = session.connection ?? 0
      state.out.push({ kind: 'request', connection, session: session.ref, msgId, seqNo, body })
    },
    onDisconnectDelay: (session, delayS) => {
      const connection = connectionOf(session)
      const boundedS = Math.min(Math.max(delayS, 1), state.limits.maxDisconnectDelayS)
      // A connection of HTTP's is one of several, and no session is lost with it.
      if (!connection || connection.framing.kind === 'bare') return
      state.alarms.set(connection.silence, state.nowMs + boundedS * 1000)
    },
    onHttpWait: (session, wait) => connectionOf(session)?.hold?.setWait(wait),
    onDestroySession: ({ ref }, sessionId) => {
      const other = keys.get(ref.authKeyId)?.sessions.get(sessionId)
      if (other) drop(other)
      return other !== undefined
    },
    onDestroyAuthKey: ({ ref }) => {
      state.out.push({ kind: 'destroyKey', session: ref })
    },
    futureSalts: ({ ref }, count) => keys.futureSalts(ref.authKeyId, count),
  }
}
