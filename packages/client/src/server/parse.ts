import { UsageError } from '@cablegram/tl'
import { isHost, isPort } from '../net/valid-address.ts'
import type { App, ServerDc, ServerInfo } from './server.ts'

const MAX_ITEMS = 1000

/**
 * Reads a description of a server out of parsed JSON, such as `/server.json`. Fields it does not know are left out.
 *
 * @param from where it came from, for the error
 * @throws UsageError SERVER_INVALID
 */
export function parseServerInfo(value: unknown, from: string): ServerInfo {
  const info = object(value, from, 'the whole')
  const dcs = list(info['dcs'], from, 'dcs', parseDc)
  const publicKeys = list(info['publicKeys'], from, 'publicKeys', (item, at) => ({
    pem: text(object(item, from, at)['pem'], from, `${at}.pem`),
  }))
  if (dcs.length === 0) fail(from, 'dcs', 'a list with a data centre in it')
  if (publicKeys.length === 0) fail(from, 'publicKeys', 'a list with a key in it')
  return {
    dcs,
    publicKeys,
    apps: info['apps'] === undefined ? undefined : list(info['apps'], from, 'apps', parseApp),
    console: info['console'] === undefined ? undefined : text(info['console'], from, 'console'),
  }
}

function parseDc(item: unknown, at: string, from: string): ServerDc {
  const dc = object(item, from, at)
  const port = natural(dc['port'], from, `${at}.port`)
  if (!isPort(port)) fail(from, `${at}.port`, 'a port')
  const host = text(dc['host'], from, `${at}.host`)
  if (!isHost(host)) fail(from, `${at}.host`, 'a name or an IP address')
  return {
    id: natural(dc['id'], from, `${at}.id`),
    host,
    port,
    ...(dc['wsUrl'] !== undefined && { wsUrl: webSocketUrl(dc['wsUrl'], from, `${at}.wsUrl`) }),
  }
}

function parseApp(item: unknown, at: string, from: string): App {
  const app = object(item, from, at)
  return {
    apiId: natural(app['apiId'], from, `${at}.apiId`),
    apiHash: text(app['apiHash'], from, `${at}.apiHash`),
  }
}

function fail(from: string, at: string, wanted: string): never {
  throw new UsageError('SERVER_INVALID', `${from} does not describe a server: ${at} is not ${wanted}`)
}

function object(value: unknown, from: string, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(from, at, 'an object')
  return { ...value }
}

function list<Item>(
  value: unknown,
  from: string,
  at: string,
  item: (value: unknown, at: string, from: string) => Item,
): Item[] {
  if (!Array.isArray(value) || value.length > MAX_ITEMS) return fail(from, at, 'a list')
  return value.map((each, index) => item(each, `${at}[${index}]`, from))
}

function text(value: unknown, from: string, at: string): string {
  return typeof value === 'string' && value !== '' ? value : fail(from, at, 'text')
}

function webSocketUrl(value: unknown, from: string, at: string): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  return url?.protocol === 'ws:' || url?.protocol === 'wss:' ? url.href : fail(from, at, 'a ws: or wss: URL')
}

function natural(value: unknown, from: string, at: string): number {
  return Number.isSafeInteger(value) && Number(value) > 0
    ? Number(value)
    : fail(from, at, 'a positive whole number')
}
