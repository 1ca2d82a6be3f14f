import type { Socket } from 'node:net'
import { type Listener, type ListenerOptions, listen } from './listener.ts'

/** A data centre and the port it is on. */
export interface DataCentre {
  readonly id: number
  readonly port: number
  /** It serves files, and nothing else. */
  readonly isCdn?: true
}

/** A server with one data centre is every one that a client names. Clients know these. */
const IDS_OF_ONE = [1, 2, 3, 4, 5]
/** The data centre that is shown, and that a client is in if it names none. */
export const DEFAULT_DC = 2
/** The data centre of files that clients are sent to the CDN for. */
export const CDN_DC = 203
/** Searches for a free row of ports. */
const MAX_TRIES = 50

/** The listeners of the data centres. */
export interface DataCentreListeners {
  readonly listeners: readonly Listener[]
  /** All data centres but the CDN, for the ready line. */
  readonly dcs: readonly DataCentre[]
  /** The data centres that clients are told of. */
  readonly listed: readonly DataCentre[]
}

/**
 * Listens for `count` data centres on consecutive ports: the port says which one a connection is in. With one, a
 * connection is in whichever its client names. The CDN has one more port behind them.
 *
 * @param onSocket gets the id as well, if there are several
 * @param listenOn opens a port; a test has its own
 */
export async function listenForDcs(
  options: ListenerOptions & { readonly count: number; readonly hasCdn: boolean },
  onSocket: (socket: Socket, dcId: number | undefined) => void,
  onError: (error: Error) => void,
  listenOn: typeof listen = listen,
): Promise<DataCentreListeners> {
  const { count, hasCdn } = options
  const ids = count === 1 ? [undefined] : Array.from({ length: count }, (_, index) => index + 1)
  const open = (port: number, dcId: number | undefined): Promise<Listener> =>
    listenOn({ ...options, port }, (socket) => onSocket(socket, dcId), onError)
  const listeners = await openRow(open, options.port, hasCdn ? [...ids, CDN_DC] : ids)
  const ports = listeners.map(({ port }) => port)
  const dcs = ports.slice(0, count).map((port, index) => ({ id: ids[index] ?? DEFAULT_DC, port }))
  const cdn = ports.slice(count).map((port) => ({ id: CDN_DC, port, isCdn: true as const }))
  const [first = 0] = ports
  const listed = count === 1 ? IDS_OF_ONE.map((id) => ({ id, port: first })) : dcs
  return { listeners, dcs, listed: [...listed, ...cdn] }
}

/** Opens a row of ports. If any ports will do and one of the row is taken, it tries another row. */
async function openRow(
  open: (port: number, dcId: number | undefined) => Promise<Listener>,
  port: number,
  ids: readonly (number | undefined)[],
): Promise<Listener[]> {
  for (let triesLeft = MAX_TRIES; ; triesLeft--) {
    const row: Listener[] = []
    try {
      for (const [index, dcId] of ids.entries()) row.push(await open((row[0]?.port ?? port) + index, dcId))
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
