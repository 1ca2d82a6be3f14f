import { systemClock } from '../net/clock.ts'
import { type LoginOptions, unsupported } from './context.ts'
import { createLogin, type Login } from './machine.ts'
import { type Asked, type Asking, ask } from './prompt-answers.ts'
import { Beginning, isBeginning } from './prompt-beginning.ts'
import type { LoginPrompts } from './prompts.ts'
import type { LoginState } from './states.ts'
import type { AuthorizedUser, LoginClient } from './surface.ts'

/** What a login that asks may be told. */
export interface PromptedOptions extends LoginOptions {
  /** Gives the login up when it aborts: a code on its way is cancelled. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Signs in by phone number, bot token or QR code: asks `prompts` for whatever the server wants next, until it says who we
 * are. Wrong answers are asked again for as long as the server lets us; a code that has died is sent anew. A login that
 * the session has kept goes on where it was, if it is that number's.
 *
 * @throws RpcError the server's refusal of what cannot be answered better, such as PHONE_NUMBER_BANNED
 */
export async function login(
  client: LoginClient,
  prompts: LoginPrompts,
  options: PromptedOptions = {},
): Promise<AuthorizedUser> {
  const machine = await createLogin(client, options)
  try {
    const running = run(machine, prompts, options)
    await (options.signal ? orGivenUp(machine, running, options.signal) : running)
    if (machine.user) return machine.user
    throw unsupported('it was given up')
  } finally {
    machine.close()
  }
}

async function run(machine: Login, prompts: LoginPrompts, options: PromptedOptions): Promise<void> {
  const { clock = systemClock } = options
  const until = (timeMs: number) =>
    new Promise<void>((resolve) => {
      clock.after(timeMs - clock.nowMs(), resolve)
    })
  const asking: Asking = { machine, prompts, until }
  const beginning = new Beginning(machine, prompts)
  const { state } = machine
  if ('phoneNumber' in state && state.phoneNumber !== undefined) {
    await beginning.resume({ phoneNumber: state.phoneNumber })
  }
  while (!isOver(machine.state)) {
    if (isAsked(machine.state)) await ask(asking, machine.state)
    else await beginning.ask('problem' in machine.state ? machine.state.problem : undefined)
  }
}

/** A prompt cannot be ended from here, so it is left behind. */
async function orGivenUp(machine: Login, running: Promise<void>, signal: AbortSignal): Promise<void> {
  let onAbort = () => {}
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
  })
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([running, abort])
  } catch (error) {
    if (signal.aborted && machine.actions.includes('cancel')) await machine.act('cancel')
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function isOver({ at }: LoginState): boolean {
  return at === 'authorized' || at === 'closed'
}

function isAsked(state: LoginState): state is Asked {
  return !isBeginning(state) && !isOver(state)
}
