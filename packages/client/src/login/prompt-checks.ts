import { didYouMean, UsageError } from '@cablegram/tl'
import { kindOf } from '../kind-of.ts'
import type { LoginPrompts } from './prompts.ts'
import { isBlank } from './typed.ts'

/** The name of a prompt. */
export type PromptName = keyof LoginPrompts

/** Expected answers of the prompts, worded for errors. */
const WANTED: { readonly [Name in PromptName]: string } = {
  phone: "a phone number in international form such as '+9996621234', or a bot token, as a string",
  code: "the login code as a string, such as '22222'",
  password: 'the password as a string',
  name: 'an object with strings, { firstName, lastName }, whose firstName is not empty',
  email: 'an e-mail address as a string',
  resetEmail: 'true or false',
  recoveryCode: "the code from the recovery e-mail as a string, or '' to go back",
  newPassword: "the new password as a string, or '' for none",
  payment: 'nothing: it tells somebody that the code has to be paid for',
  qr: 'nothing: it shows a QR code',
}

/** Every prompt there is. */
export const PROMPT_NAMES = Object.keys(WANTED) as readonly PromptName[]

/**
 * Checks that prompts are functions, and that those which a login cannot do without are there.
 *
 * @throws UsageError PROMPT_INVALID
 */
export function checkPrompts(prompts: unknown, required: readonly PromptName[] = []): void {
  if (typeof prompts !== 'object' || prompts === null) throw noObject(prompts)
  if (prompts instanceof Promise || Array.isArray(prompts)) throw noObject(prompts)
  const given: Partial<Record<PromptName, unknown>> = prompts
  for (const name of PROMPT_NAMES) {
    const prompt = given[name]
    if (prompt === undefined && !required.includes(name)) continue
    if (typeof prompt !== 'function') throw noFunction(name, prompt)
  }
  checkNames(prompts)
}

/** Whether an answer gives nothing. A password is sent as typed, so spaces are a password. */
export function isEmptyAnswer(name: string, answer: string): boolean {
  return name === 'password' || name === 'newPassword' ? answer === '' : isBlank(answer)
}

/** Refuses an answer of which nothing would be sent, such as '-' as a code. @throws UsageError PROMPT_ANSWER_INVALID */
export function refuseUnreadable(name: PromptName): never {
  throw new UsageError(
    'PROMPT_ANSWER_INVALID',
    `The prompt \`${name}\` gave a string without a letter or digit. It has to give ${WANTED[name]}.`,
  )
}

/** @throws UsageError PROMPT_ANSWER_INVALID, which names the prompt and tells nothing of what it gave but its kind */
export function refuseAnswer(name: PromptName, gave: unknown): never {
  throw new UsageError(
    'PROMPT_ANSWER_INVALID',
    `The prompt \`${name}\` gave ${kindOf(gave)}. It has to give ${WANTED[name]}.`,
  )
}

/** A misspelt prompt would never be asked. An object of a class may have methods of its own. */
function checkNames(prompts: object): void {
  if (Object.getPrototypeOf(prompts) !== Object.prototype) return
  const wrong = Object.keys(prompts).find((key) => !PROMPT_NAMES.includes(key as PromptName))
  if (wrong === undefined) return
  const next = didYouMean(wrong, PROMPT_NAMES) || `The prompts are ${PROMPT_NAMES.join(', ')}.`
  throw new UsageError('PROMPT_INVALID', `There is no prompt \`${wrong}\`. ${next}`)
}

function noObject(found: unknown): UsageError {
  const message = `The prompts are an object of functions, such as { phone: async () => '+9996621234' }, not ${kindOf(found)}.`
  return new UsageError('PROMPT_INVALID', message)
}

function noFunction(name: PromptName, found: unknown): UsageError {
  const message = `The prompt \`${name}\` has to be a function that gives ${WANTED[name]}; it is ${kindOf(found)}.`
  return new UsageError('PROMPT_INVALID', message)
}
