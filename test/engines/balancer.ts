/** A TCP balancer: each new connection goes to the next node that takes it. */
import { connect, createServer, type Socket } from 'node:net'

/** A balancer on 127.0.0.1. */
export interface Balancer {
  readonly port: number
  /** Connections of clients accepted so far. */
  readonly accepted: number
  /** The node that the next connection goes to, by its place in the list. */
  turnTo(node: number): void
  /** Ends all connections with a reset. */
  cut(): void
  close(): Promise<void>
}

/** @param nodes the ports of the nodes, which may change while it runs */
export async function startBalancer(nodes: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>()
  let turn = 0
  let accepted = 0

  function join(client: Socket, node: Socket): void {
    for (const [from, to] of [
      [client, node],
      [node, client],
    ] as const) {
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
    }
    client.resume()
  }

  function dial(client: Socket, triesLeft: number): void {
    const port = nodes[turn++ % nodes.length]
    if (port === undefined || triesLeft === 0 || client.destroyed) return void client.destroy()
    const node = connect(port, '127.0.0.1')
    node.once('error', () => dial(client, triesLeft - 1))
    node.once('connect', () => {
      node.removeAllListeners('error')
      open.add(node)
      join(client, node)
    })
  }

  const server = createServer({ pauseOnConnect: true }, (client) => {
    accepted += 1
    open.add(client)
    client.on('error', () => client.destroy())
    client.on('close', () => open.delete(client))
    dial(client, nodes.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the balancer has no port')
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy()
  }
  return {
    port: address.port,
    get accepted() {
      return accepted
    },
    turnTo(node) {
      turn = node
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      }),
  }
}
