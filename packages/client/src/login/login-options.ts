import { type Checks, checkOptions, isFunction, isObject, isSignal, isWhole } from '../check-options.ts'
import type { StartOptions } from './prompted-options.ts'

const MAX_PAUSE_MS = 2 ** 31 - 1

const CHECKS: Checks<StartOptions> = {
  maxDetours: isWhole(0, 1_000, 'times'),
  restartPauseMs: isWhole(0, MAX_PAUSE_MS, 'milliseconds'),
  codeSettings: isObject,
  exceptIds: (value) =>
    Array.isArray(value) && value.every((id) => typeof id === 'bigint')
      ? undefined
      : 'an array of bigints, ids of users',
  random: isFunction,
  clock: isObject,
  signal: isSignal,
  drawQr: isFunction,
}

/** @throws UsageError OPTION_INVALID */
export function checkLoginOptions(options: unknown): void {
  checkOptions(options, CHECKS, 'of a login')
}
