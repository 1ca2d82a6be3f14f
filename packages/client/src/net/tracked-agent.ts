import type { Agent, AgentOptions } from 'node:http'
import { closedOf } from './closing.ts'
import { nodeHttp } from './node-http.ts'
import type { OpenSockets } from './open-sockets.ts'

/** An agent for `http:` or `https:` whose sockets are among `sockets`, from the attempt to connect on. */
export function trackedAgent(
  protocol: string,
  options: AgentOptions,
  sockets: OpenSockets | undefined,
): Agent {
  const agent = new (nodeHttp(protocol).Agent)(options)
  const create = agent.createConnection.bind(agent)
  agent.createConnection = (...args) => {
    const socket = create(...args)
    if (socket) sockets?.add(closedOf(socket))
    return socket
  }
  return agent
}
