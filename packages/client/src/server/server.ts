/** A data centre of a server. */
export interface ServerDc {
  readonly id: number
  readonly host: string
  readonly port: number
  /** URL for WebSockets, such as `wss://example.org/apiws`; the one for HTTP follows from it. */
  readonly wsUrl?: string | undefined
}

/** An app's credentials. */
export interface App {
  readonly apiId: number
  readonly apiHash: string
}

/** A server of your own, described like the ready line of `cablegram serve --json` (and `/server.json`). */
export interface ServerInfo {
  /** The first one is where a client without a session goes. One with several addresses is here several times. */
  readonly dcs: readonly ServerDc[]
  /** RSA public keys as PEM (PKCS#1 or SPKI). */
  readonly publicKeys: readonly { readonly pem: string }[]
  /** Apps it knows; the first one stands in where the client is given no api_id. */
  readonly apps?: readonly App[] | undefined
  /** The address of its console. */
  readonly console?: string | undefined
}

/** Which server to talk to: Telegram, its test servers, a console's URL, or a server described in place. */
export type ServerOption = 'production' | 'test' | (string & {}) | ServerInfo

/** A server as the client needs to know it. */
export interface Server extends ServerInfo {
  /** For messages and sessions. */
  readonly name: string
  /** Telegram's test servers add 10000 to the data centre's id in a key exchange. */
  readonly test: boolean
  readonly defaultDcId: number
  /** Next step if it does not answer. */
  readonly nextStep: string
}
