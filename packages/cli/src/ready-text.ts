import { LOCAL_SERVER } from './client.ts'

/** A server's description: the ready line without its event. */
export interface ReadyInfo {
  readonly dcs: readonly { readonly id: number; readonly host: string; readonly port: number }[]
  readonly publicKeys: readonly { readonly pem: string; readonly fingerprint: string }[]
  readonly apps: readonly { readonly apiId: number; readonly apiHash: string }[]
  readonly console: string
  readonly layer: number
  readonly version: string
}

/** The options that say where a server keeps its data. */
export interface DataPlace {
  readonly data?: string | undefined
  readonly store?: string | undefined
}

/** The text of `cablegram serve` once it is ready: all a client needs, and what to type next. */
export function readyText(info: ReadyInfo, place: DataPlace): string {
  const rows: [string, string][] = [
    ...info.dcs.map(({ host, port }): [string, string] => ['Listening', `${host}:${port}`]),
    ...info.apps
      .slice(0, 1)
      .map(({ apiId, apiHash }): [string, string] => ['App', `api_id ${apiId}, api_hash ${apiHash}`]),
    ['Console', `${info.console} shows the codes (or type: npx cablegram codes${serverOption(info)})`],
    ['Reference', `${info.console}/docs has every method and error`],
    ['Data', dataText(place)],
    ...info.publicKeys.map(({ fingerprint }): [string, string] => [
      'Public key',
      `fingerprint ${fingerprint}`,
    ]),
  ]
  const table = rows.map(([left, right]) => `  ${left.padEnd(12)} ${right}\n`).join('')
  const keys = info.publicKeys.map(({ pem }) => `\n${pem.trim()}\n`).join('')
  return (
    `Cablegram ${info.version} is ready (layer ${info.layer}).\n\n${table}${keys}\n` +
    `Sign in, in a second terminal:\n  ${loginCommandLine(info)}\n`
  )
}

function dataText({ data, store }: DataPlace): string {
  if (data !== undefined) return data
  if (store === undefined || store === 'memory') return 'in memory, gone when the server stops'
  const { host, pathname } = new URL(store)
  // The address may have a password.
  return `the PostgreSQL database ${host}${pathname}`
}

/** Numbers of the test convention need no inbox: the code is known. */
function loginCommandLine(info: ReadyInfo): string {
  return `npx cablegram login +9996621234${serverOption(info)}`
}

/** The option that leads commands to this server, unless they find it by themselves. */
function serverOption({ console }: ReadyInfo): string {
  return console.replace(/\/$/, '') === LOCAL_SERVER ? '' : ` --server ${console}`
}
