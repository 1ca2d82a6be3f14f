import { systemClock } from '../net/clock.ts'
import { orAborted } from '../or-aborted.ts'
import { Answers } from './answers.ts'
import { unsupported } from './context.ts'
import { checkLoginOptions } from './login-options.ts'
import { createLogin, type Login } from './machine.ts'
import { orEnded } from './or-ended.ts'
import { type Asked, type Asking, ask } from './prompt-answers.ts'
import { Beginning, isBeginning } from './prompt-beginning.ts'
import type { PromptedOptions } from './prompted-options.ts'
import type { LoginPrompts } from './prompts.ts'
import type { LoginState } from './states.ts'
import type { AuthorizedUser, LoginClient } from './surface.ts'

/**
 * Signs in by phone number, bot token or QR code: asks `prompts` for whatever the server wants next, until somebody is
 * signed in. A wrong answer is asked again, as long as the server allows; an answer that was refused and is given again
 * ends the login. A code that has expired is followed by a new one. A login that the session has kept goes on, if the
 * number is the same.
 *
 * @throws UsageError PROMPT_INVALID, PROMPT_ANSWER_INVALID; RpcError a refusal that no other answer can change, such as
 * PHONE_NUMBER_BANNED, or that of an answer given twice; ConnectionError CLIENT_CLOSED
 */
export async function login(
  client: LoginClient,
  prompts: LoginPrompts,
  options: PromptedOptions = {},
): Promise<AuthorizedUser> {
  checkLoginOptions(options)
  const answers = new Answers(prompts)
  const machine = await orAborted(createLogin(client, options), [options.signal])
  try {
    const running = run(machine, answers, options)
    await orEnded(machine, Promise.race([running, answers.failed]), [options.signal, client.closed])
    if (machine.user) return machine.user
    throw unsupported('it was given up')
  } finally {
    answers.end()
    machine.close()
  }
}

async function run(machine: Login, answers: Answers, options: PromptedOptions): Promise<void> {
  const { clock = systemClock } = options
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      clock.after(ms, resolve)
    })
  const asking: Asking = { machine, answers, nowMs: () => clock.nowMs(), wait }
  const beginning = new Beginning(machine, answers)
  const { state } = machine
  if ('phoneNumber' in state && state.phoneNumber !== undefined) {
    await beginning.resume({ phoneNumber: state.phoneNumber })
  }
  while (!isOver(machine.state)) {
    if (isAsked(machine.state)) await ask(asking, machine.state)
    else await beginning.ask('problem' in machine.state ? machine.state.problem : undefined)
  }
}

function isOver({ at }: LoginState): boolean {
  return at === 'authorized' || at === 'closed'
}

function isAsked(state: LoginState): state is Asked {
  return !isBeginning(state) && !isOver(state)
}
