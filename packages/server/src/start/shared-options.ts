import { UsageError } from '@cablegram/tl'

/** Options of a server that may be one of several nodes. */
export interface SharedOptions {
  readonly store?: string | undefined
  readonly bus?: string | undefined
  readonly data?: string | undefined
  readonly secretFile?: string | undefined
}

/** The addresses that nodes share; both undefined for a server on its own. */
export interface Shared {
  readonly postgres: string | undefined
  readonly bus: string | undefined
}

/** @throws {UsageError} STORE_INVALID, STORE_TWICE, SECRET_FILE_NEEDED, BUS_ALONE */
export function checkShared({ store, bus, data, secretFile }: SharedOptions): Shared {
  if (store === undefined || store === 'memory') {
    if (bus === undefined) return { postgres: undefined, bus: undefined }
    throw new UsageError(
      'BUS_ALONE',
      'A bus connects servers that share a database: give --store postgres://… as well, or leave --bus out.',
    )
  }
  if (!/^postgres(ql)?:\/\//.test(store)) {
    throw new UsageError(
      'STORE_INVALID',
      'Invalid address of the store: give postgres://USER:PASSWORD@HOST:5432/DATABASE, or leave --store out.',
    )
  }
  if (data !== undefined) {
    throw new UsageError(
      'STORE_TWICE',
      'The data cannot be both in a folder and in PostgreSQL: leave --data or --store out. To move a folder: npx cablegram store copy.',
    )
  }
  if (secretFile === undefined) {
    throw new UsageError(
      'SECRET_FILE_NEEDED',
      'Servers that share a database need the same secret: name its file with --secret-file. It is made for a new database; copy it to every machine.',
    )
  }
  return { postgres: store, bus }
}
