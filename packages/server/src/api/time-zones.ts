import { createHash } from 'node:crypto'
import type { help } from '@cablegram/tl/api'
import { constantAnswer } from './handler.ts'

const HOUR_S = 60 * 60
const MINUTE_S = 60

/** The list of one hour: summer time begins and ends at full hours. */
let newest: { readonly hour: number; readonly list: help.timezonesList } | undefined

/** The time zones of the world, with their distance from UTC in this hour. */
export function timeZones(nowS: number): help.timezonesList {
  const hour = Math.floor(nowS / HOUR_S)
  if (newest?.hour !== hour) newest = { hour, list: sameOr(newest?.list, makeList(hour * HOUR_S)) }
  return newest.list
}

/** The list of before if nothing has changed, so that it is encoded once only. */
function sameOr(before: help.timezonesList | undefined, list: help.timezonesList): help.timezonesList {
  return before?.hash === list.hash ? before : constantAnswer(list)
}

function makeList(nowS: number): help.timezonesList {
  const timezones = Intl.supportedValuesOf('timeZone').map((id) => ({
    _: 'timezone' as const,
    id,
    name: cityOf(id),
    utcOffset: offsetOf(id, nowS),
  }))
  const digest = createHash('sha256').update(JSON.stringify(timezones)).digest()
  return { _: 'help.timezonesList', timezones, hash: (digest.readUInt32LE() >>> 1) | 1 }
}

/** Europe/Isle_of_Man: Isle of Man. */
function cityOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).replaceAll('_', ' ')
}

/** Seconds that the clocks of a zone are ahead of UTC. */
function offsetOf(timeZone: string, atS: number): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(
    atS * 1000,
  )
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0'] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  const offsetS = Number(hours) * HOUR_S + Number(minutes) * MINUTE_S
  return sign === '-' ? -offsetS : offsetS
}
