import { encodeEcho, errorOf } from './calls.ts'
import type { CallRecord, SimulatedClient } from './client.ts'
import { forgetsSessions, losesSessions } from './scenario.ts'
import type { Outcome } from './simulate.ts'

/**
 * The broken promises of an outcome, in words; empty if all are kept:
 *
 * - Every call has one answer, its own, or was cancelled and has one at most.
 * - A call runs once in each session it is sent in while the server remembers that session. It is sent in another only
 *   when the server forgets sessions (new_session_created), the client's clock is so wrong that the session is refused,
 *   or its key is lost or replaced. Without any of these it runs once.
 * - Every update arrives, once, or the client is told to fetch what it has missed, and finds it.
 * - An attacker that sends recorded packets again, from another connection, runs nothing and hears nothing of a session.
 * - When all is quiet, nobody holds anything for a call; when all have gone, the server holds nothing.
 */
export function violations(outcome: Outcome): string[] {
  const { clients, isDone } = outcome
  return [
    ...(isDone ? [] : ['it does not come to an end']),
    ...clients.flatMap((client) => clientViolations(client, outcome.updates[client.index] ?? 0)),
    ...runViolations(outcome),
    ...sizeViolations(outcome),
    ...outcome.leaks,
  ]
}

function clientViolations(
  { index, failed, calls, updates, refetchedUpTo }: SimulatedClient,
  sent: number,
): string[] {
  const missed = Array.from({ length: sent }, (_, number) => number).filter(
    (number) => number >= refetchedUpTo && !updates.has(number),
  )
  return [
    ...(failed ? [`client ${index} has failed: ${failed.message}`] : []),
    ...[...calls.values()].flatMap(callViolations),
    ...missed.map((number) => `client ${index} does not hear of update ${number}`),
    ...[...updates].flatMap(([number, times]) =>
      times > 1 ? [`update ${number} comes ${times} times to client ${index}`] : [],
    ),
  ]
}

function callViolations(call: CallRecord): string[] {
  const { client, callId, answers, isCancelled } = call
  const name = `call ${callId} of client ${client}`
  const [answer] = answers
  if (answers.length > 1) return [`${name} has ${answers.length} answers`]
  if (!answer) return isCancelled ? [] : [`${name} has no answer`]
  const isRight =
    answer.kind === 'refused'
      ? call.asked === 'error' && answer.error.message === errorOf(callId).message
      : answer.kind === 'result' && (call.asked === 'refetch' || isSame(answer.body, encodeEcho(call)))
  return isRight ? [] : [`${name} has a wrong answer`]
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function runViolations({ scenario, ran }: Outcome): string[] {
  if (forgetsSessions(scenario)) return []
  const inSession = ran.map(
    ({ life, session, client, callId }) =>
      `call ${callId} of client ${client} in session ${session.authKeyId} ${session.sessionId} of life ${life}`,
  )
  const byMessage = ran.map(
    ({ life, session, msgId }) => `message ${msgId} ${session.sessionId} of life ${life}`,
  )
  const ever = losesSessions(scenario)
    ? []
    : ran.map(({ client, callId }) => `call ${callId} of client ${client}`)
  return [inSession, byMessage, ever].flatMap(repeated).map((what) => `${what} runs twice`)
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, i) => names.indexOf(name) !== i)
}

function sizeViolations({ scenario, quiet, end, isDone }: Outcome): string[] {
  if (!isDone) return []
  const clients = quiet.clients.flatMap(({ calls, requests }, index) =>
    calls === 0 && requests === 0 ? [] : [`client ${index} holds ${calls} calls and ${requests} requests`],
  )
  const { running, held, waiting } = quiet.server
  // A session that was given up is held until the client's word of it arrives, or for an hour.
  const isIdle = (running === 0 && waiting === 0 && held === 0) || losesSessions(scenario)
  const server = isIdle ? [] : [`the server holds ${JSON.stringify(quiet.server)} when all is quiet`]
  const isEmpty = Object.values(end).every((size) => size === 0)
  return [...clients, ...server, ...(isEmpty ? [] : [`the server holds ${JSON.stringify(end)} in the end`])]
}
