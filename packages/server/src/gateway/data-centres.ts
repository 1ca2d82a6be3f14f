import type { Socket } from 'node:net'
import { type Listener, type ListenerOptions, listen } from './listener.ts'

/** A data centre and the port it is on. */
export interface DataCentre {
  readonly id: number
  readonly port: number
}

/** A server with one data centre is every one that a client names. Clients know these. */
const IDS_OF_ONE = [1, 2, 3, 4, 5]
/** The data centre that is shown, and that a client is in if it names none. */
export const DEFAULT_DC = 2
/** Searches for a free row of ports. */
const MAX_TRIES = 50

/** The listeners of the data centres. */
export interface DataCentreListeners {
  readonly listeners: readonly Listener[]
  /** All data centres, for the ready line. */
  readonly dcs: readonly DataCentre[]
  /** The data centres that clients are told of. */
  readonly listed: readonly DataCentre[]
}

/**
 * Listens for `count` data centres on consecutive ports: the port says which one a connection is in. With one, a
 * connection is in whichever its client names.
 *
 * @param onSocket gets the id as well, if there are several
 * @param listenOn opens a port; a test has its own
 */
export async function listenForDcs(
  options: ListenerOptions & { readonly count: number },
  onSocket: (socket: Socket, dcId: number | undefined) => void,
  onError: (error: Error) => void,
  listenOn: typeof listen = listen,
): Promise<DataCentreListeners> {
  if (options.count === 1) {
    const listener = await listenOn(options, (socket) => onSocket(socket, undefined), onError)
    const { port } = listener
    const listed = IDS_OF_ONE.map((id) => ({ id, port }))
    return { listeners: [listener], dcs: [{ id: DEFAULT_DC, port }], listed }
  }
  const open = (port: number, dcId: number): Promise<Listener> =>
    listenOn({ ...options, port }, (socket) => onSocket(socket, dcId), onError)
  const listeners = await openRow(open, options)
  const dcs = listeners.map(({ port }, index) => ({ id: index + 1, port }))
  return { listeners, dcs, listed: dcs }
}

/** Opens a row of ports. If any ports will do and one of the row is taken, it tries another row. */
async function openRow(
  open: (port: number, dcId: number) => Promise<Listener>,
  { port, count }: { readonly port: number; readonly count: number },
): Promise<Listener[]> {
  for (let triesLeft = MAX_TRIES; ; triesLeft--) {
    const row: Listener[] = []
    try {
      row.push(await open(port, 1))
      const first = row[0]?.port ?? port
      for (let dcId = 2; dcId <= count; dcId++) row.push(await open(first + dcId - 1, dcId))
      return row
    } catch (error) {
      for (const listener of row) listener.stop()
      if (port !== 0 || triesLeft === 0 || !isTaken(error)) throw error
    }
  }
}

/** A port past the last one counts as taken. */
function isTaken(error: unknown): boolean {
  const codes = ['EADDRINUSE', 'EACCES', 'ERR_SOCKET_BAD_PORT']
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
