/**
 * Passwords in fewer rounds. The protocol has 100 000 rounds of PBKDF2 on each side, a tenth of a second of a test for each
 * password that is made or proved; both sides of a test are in one process, and agree as well after a few. Files that hold
 * the number of rounds to something outside of the process ask for all of them.
 */
import crypto from 'node:crypto'

/** A comment line of a test file that compares with a known result, another process or another thread. */
const FULL = /^(?:\/\/|\/\*\*| \*) Full rounds: \S/m
const FEW = 20

/** Tells whether a test file needs all rounds. */
export function needsFullRounds(text: string): boolean {
  return FULL.test(text)
}

/** Puts a switch into this process. @returns the switch: all rounds or few */
export function startRoundSwitch(): (isFull: boolean) => void {
  const derive = crypto.pbkdf2Sync
  let isFull = true
  const switched: typeof derive = (password, salt, iterations, length, digest) =>
    derive(password, salt, isFull ? iterations : Math.min(iterations, FEW), length, digest)
  Object.assign(crypto, { pbkdf2Sync: switched })
  return (full) => {
    isFull = full
  }
}
