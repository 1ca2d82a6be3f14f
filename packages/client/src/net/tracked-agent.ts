import http from 'node:http'
import https from 'node:https'
import { closedOf } from './closing.ts'
import type { OpenSockets } from './open-sockets.ts'

/** An agent for `http:` or `https:` whose sockets are among `sockets`, from the attempt to connect on. */
export function trackedAgent(
  protocol: string,
  options: http.AgentOptions,
  sockets: OpenSockets | undefined,
): http.Agent {
  const agent = new (protocol === 'https:' ? https : http).Agent(options)
  const create = agent.createConnection.bind(agent)
  agent.createConnection = (...args) => {
    const socket = create(...args)
    if (socket) sockets?.add(closedOf(socket))
    return socket
  }
  return agent
}
