import { UsageError } from '@cablegram/tl'

/** An address to listen on, and the options that name it. */
export interface ListenPlace {
  readonly host: string
  readonly port: number
  readonly hostOption: string
  readonly portOption: string
}

/** Opens a listener; where that fails says why and what to do. @throws {UsageError} */
export async function listening<T>(place: ListenPlace, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const explained = EXPLAINED[code]
    if (explained === undefined) throw cause
    throw new UsageError(explained.code, explained.say({ ...place, port: portOf(cause) ?? place.port }), {
      cause,
    })
  }
}

/** Of several ports, the one it was about. */
function portOf(cause: unknown): number | undefined {
  return cause instanceof Error && 'port' in cause && typeof cause.port === 'number' ? cause.port : undefined
}

interface Explained {
  readonly code: string
  say(place: ListenPlace): string
}

const HOST_INVALID: Explained = {
  code: 'HOST_INVALID',
  say: ({ host, hostOption }) =>
    `This machine does not have the address ${host}: choose one that it has with ${hostOption}, such as 127.0.0.1.`,
}

const EXPLAINED: Readonly<Record<string, Explained>> = {
  EADDRINUSE: {
    code: 'PORT_IN_USE',
    say: ({ host, port, portOption }) =>
      `Port ${port} on ${host} is in use: stop what uses it, or choose another with ${portOption}.`,
  },
  EACCES: {
    code: 'PORT_FORBIDDEN',
    say: ({ port, portOption }) =>
      `This user may not listen on port ${port}: choose one above 1023 with ${portOption}.`,
  },
  EADDRNOTAVAIL: HOST_INVALID,
  ENOTFOUND: HOST_INVALID,
  EAI_AGAIN: HOST_INVALID,
}
