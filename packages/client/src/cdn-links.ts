import type { ClientKeys, ConnectionError } from '@cablegram/mtproto'
import type { Results } from '@cablegram/tl/api'
import { sessionDc } from './dc.ts'
import { cdnAddresses, type KnownAddress, unknownDc } from './dc-addresses.ts'
import { DcLink } from './dc-link.ts'
import type { Clock } from './net/clock.ts'
import type { Connection, ConnectionOptions } from './net/connection.ts'
import type { Server } from './server/server.ts'
import type { SessionDc } from './storage/session.ts'

/** Everything that a connection to a CDN is made of. */
export interface CdnConnection {
  readonly dcId: number
  readonly addresses: readonly KnownAddress[]
  /** The server, with the keys that its CDN has. */
  readonly server: Server
  readonly saved: SessionDc | undefined
  readonly onSave: ConnectionOptions['onSave']
}

/** Dependencies of links to CDNs. */
export interface CdnSetup {
  readonly clock: Clock
  readonly server: Server
  readonly askConfig: () => Promise<Results['help.getConfig']>
  readonly askKeys: () => Promise<Results['help.getCdnConfig']>
  readonly connect: (parts: CdnConnection) => Connection
}

/**
 * Links to the data centres of CDNs, which give files and nothing else. They have RSA keys of their own, know no logins,
 * and are trusted with nothing: their authorization keys are in memory only.
 */
export class CdnLinks {
  readonly #links = new Map<number, Promise<DcLink>>()

  /** A data centre of a CDN, connected. @throws UsageError DC_UNKNOWN; ConnectionError */
  async open(dcId: number, setup: CdnSetup): Promise<DcLink> {
    const making = this.#links.get(dcId) ?? makeLink(dcId, setup)
    this.#links.set(dcId, making)
    try {
      const link = await making
      await link.open()
      return link
    } catch (error) {
      if (this.#links.get(dcId) === making) this.#links.delete(dcId)
      throw error
    }
  }

  /** The network may be another one: see `Connection.probe`. */
  probe(): void {
    this.#each((link) => link.probe())
  }

  close(reason: ConnectionError): void {
    this.#each((link) => link.close(reason))
    this.#links.clear()
  }

  #each(act: (link: DcLink) => void): void {
    // One that could not be made has no connection.
    for (const making of this.#links.values()) making.then(act, () => undefined)
  }
}

async function makeLink(dcId: number, setup: CdnSetup): Promise<DcLink> {
  const [{ publicKeys }, config] = await Promise.all([setup.askKeys(), setup.askConfig()])
  const pems = publicKeys.filter((key) => key.dcId === dcId).map(({ publicKey }) => ({ pem: publicKey }))
  const addresses = cdnAddresses(dcId, config)
  if (pems.length === 0 || addresses.length === 0) throw unknownDc(dcId, setup.server)
  const server = { ...setup.server, publicKeys: pems }
  let saved: SessionDc | undefined
  const keep = (keys: ClientKeys | undefined) => {
    saved = keys && sessionDc(keys)
  }
  return new DcLink({
    dcId,
    clock: setup.clock,
    makeConnection: (onSave) => setup.connect({ dcId, addresses, server, saved, onSave }),
    onSave: keep,
    isHome: () => false,
  })
}
