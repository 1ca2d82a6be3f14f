/** Nodes of one server as processes of `cablegram serve`, with a balancer in front: each can be stopped, killed and started again. */
import assert from 'node:assert/strict'
import { portsOf, type ReadyLine, type ServeProcess, startServe } from '../e2e/serve.ts'
import { type Balancer, startBalancer } from './balancer.ts'

/** Options of {@link startCluster}. */
export interface ClusterOptions {
  readonly store: string
  readonly bus: string | undefined
  readonly secretFile: string
  readonly nodes: number
}

/** The nodes and their balancer. */
export interface Cluster {
  /** Address for clients: the balancer's port, and the console of the first node. */
  readonly ready: ReadyLine
  readonly balancer: Balancer
  /** Address for clients of one node. */
  readyOf(node: number): ReadyLine
  /** The console of a node. */
  consoleOf(node: number): string
  isRunning(node: number): boolean
  /** Ends a node with a signal; SIGTERM lets the node answer first. */
  stop(node: number, signal: NodeJS.Signals): Promise<void>
  /** Holds a node's process: its connections stay open, and nothing is answered. */
  pause(node: number): void
  /** Lets a node that is held go on. */
  goOn(node: number): void
  /** Starts a node again, on its old ports. */
  start(node: number): Promise<void>
  /** Standard error of the nodes. */
  log(): string
  close(): Promise<void>
}

/** Starts the first node alone, because it makes the tables, then the others at once. */
export async function startCluster({ store, bus, secretFile, nodes }: ClusterOptions): Promise<Cluster> {
  const shared = ['--store', store, '--secret-file', secretFile, '--log', 'error']
  const args = bus === undefined ? shared : [...shared, '--bus', bus]
  const running: ServeProcess[] = []
  const serve = async (before?: ServeProcess): Promise<ServeProcess> =>
    startServe([...args, ...(await portsOf(before))])
  const nodeAt = (node: number): ServeProcess => running[node] ?? assert.fail(`there is no node ${node}`)
  const stopAll = () => Promise.all(running.map((node) => node.stop('SIGKILL')))
  try {
    const first = await serve()
    running.push(first)
    for (const started of await Promise.allSettled(Array.from({ length: nodes - 1 }, () => serve()))) {
      if (started.status === 'rejected') throw started.reason
      running.push(started.value)
    }
    const balancer = await startBalancer(running.map(({ ready }) => ready.dcs[0]?.port ?? 0))
    const dcs = first.ready.dcs.map((dc) => ({ ...dc, port: balancer.port }))
    return {
      ready: { ...first.ready, dcs },
      balancer,
      readyOf: (node) => nodeAt(node).ready,
      consoleOf: (node) => nodeAt(node).ready.console,
      isRunning: (node) => nodeAt(node).isRunning,
      async stop(node, signal) {
        await nodeAt(node).stop(signal)
      },
      pause: (node) => signal(nodeAt(node), 'SIGSTOP'),
      goOn: (node) => signal(nodeAt(node), 'SIGCONT'),
      async start(node) {
        running[node] = await serve(nodeAt(node))
      },
      log: () => running.map((node) => node.stderr()).join(''),
      async close() {
        await balancer.close()
        await stopAll()
      },
    }
  } catch (error) {
    await stopAll()
    throw error
  }
}

function signal({ pid }: ServeProcess, name: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(pid, name)
}
