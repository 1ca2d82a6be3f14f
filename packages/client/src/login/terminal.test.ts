import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import type { SentCode } from './surface.ts'
import { terminalPrompts } from './terminal.ts'
import { settled, TestClock } from './test-clock.ts'

const sent: SentCode = {
  _: 'auth.sentCode',
  type: { _: 'auth.sentCodeTypeSms', length: 5 },
  phoneCodeHash: 'hash',
  nextType: { _: 'auth.codeTypeCall' },
}
const question = { phoneNumber: '+9996621234', sent, length: 5, problem: undefined }

function streams(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => {} })
  const output = new PassThrough()
  return { input, output, said: () => String(output.read() ?? '') }
}

test('without a terminal each answer is a line, even one that arrived before its question', async () => {
  const { input, output, said } = streams(false)
  input.end('+9996621234\n22222\nAda\n\n')
  const prompts = terminalPrompts({ input, output, console: 'http://127.0.0.1:10081' })
  assert.equal(await prompts.phone({ problem: undefined }), '+9996621234')
  assert.equal(await prompts.code(question), '22222')
  const name = await prompts.name({ termsOfService: undefined, problem: undefined })
  assert.deepEqual(name, { firstName: 'Ada', lastName: '' })
  prompts.close()
  const text = said()
  assert.match(text, /Phone number/)
  assert.match(text, /by SMS to \+9996621234/)
  assert.match(text, /http:\/\/127\.0\.0\.1:10081/)
  assert.match(text, /5 digits, or Enter alone/)
})

test('input that ends too early is an error that names the open question', async () => {
  const { input, output } = streams(false)
  input.end('+9996621234\n')
  const prompts = terminalPrompts({ input, output })
  await prompts.phone({ problem: undefined })
  await assert.rejects(prompts.code(question), { code: 'INPUT_ENDED', message: /"code"/ })
  prompts.close()
})

test('the reason for asking again comes before the question', async () => {
  const { input, output, said } = streams(false)
  input.end('1\n2\n3\n')
  const prompts = terminalPrompts({ input, output })
  await prompts.code({ ...question, problem: new RpcError(400, 'PHONE_CODE_INVALID') })
  await prompts.phone({ problem: new RpcError(420, 'FLOOD_WAIT_30') })
  await prompts.password({ hint: 'the cat', problem: new RpcError(400, 'SOMETHING_ELSE') })
  prompts.close()
  assert.match(
    said(),
    /This is not the code\.\n[\s\S]*wait 30 seconds\.\n[\s\S]*SOMETHING_ELSE\.\nPassword \(hint: the cat\)/,
  )
})

test('the place a code went to is not repeated after a wrong code', async () => {
  const { input, output, said } = streams(false)
  input.end('1\n2\n')
  const prompts = terminalPrompts({ input, output, console: 'http://127.0.0.1:10081' })
  await prompts.code({ ...question, problem: new RpcError(400, 'PHONE_CODE_EXPIRED') })
  assert.match(said(), /by SMS[\s\S]*npx cablegram codes/)
  await prompts.code({ ...question, problem: new RpcError(400, 'PHONE_CODE_INVALID') })
  assert.doesNotMatch(said(), /SMS|npx/)
  prompts.close()
})

test('text from a server cannot control the terminal', async () => {
  const { input, output, said } = streams(false)
  input.end('x\nAda\n\n')
  const prompts = terminalPrompts({ input, output })
  await prompts.password({ hint: 'a\u001b[2Jb\u009b1Ac\rd', problem: undefined })
  const terms = { id: { _: 'dataJSON', data: '' }, text: 'one\ntwo\u0007', entities: [] } as const
  await prompts.name({
    termsOfService: { _: 'help.termsOfService', ...terms, entities: [] },
    problem: undefined,
  })
  prompts.close()
  const text = said()
  assert.match(text, /hint: a\[2Jb1Acd\)[\s\S]*one\ntwo\n/)
})

test('the terminal echoes every answer except a password', async () => {
  const { input, output, said } = streams(true)
  const prompts = terminalPrompts({ input, output })
  const phone = prompts.phone({ problem: undefined })
  input.write('+1234567\r')
  assert.equal(await phone, '+1234567')
  const password = prompts.password({ hint: undefined, problem: undefined })
  input.write('hunter2\r')
  assert.equal(await password, 'hunter2')
  const after = prompts.code(question)
  input.write('54321\r')
  assert.equal(await after, '54321')
  prompts.close()
  const text = said()
  assert.match(text, /1234567/)
  assert.match(text, /Password/)
  assert.doesNotMatch(text, /hunter2/)
  assert.match(text, /54321/)
})

test('the terminal tells the time until a code can be resent and enforces it', async () => {
  const clock = new TestClock()
  const { input, output, said } = streams(true)
  const prompts = terminalPrompts({ input, output, clock })
  const code = prompts.code({ ...question, resendAtMs: clock.nowMs() + 57_000 })
  assert.match(said(), /Enter alone for a call that tells you the code in 57 s/)
  input.write('\r')
  await settled()
  assert.match(said(), /cannot be sent another way yet/)
  await clock.advance(57_000)
  input.write('\r')
  assert.equal(await code, '')
  prompts.close()
})

test('a script that asks to resend the code is not asked twice', async () => {
  const { input, output } = streams(false)
  input.end('\n')
  const clock = new TestClock()
  const prompts = terminalPrompts({ input, output, clock })
  assert.equal(await prompts.code({ ...question, resendAtMs: clock.nowMs() + 57_000 }), '')
  prompts.close()
})

test('a QR code is drawn above the question and redrawn in place', async () => {
  const { input, output, said } = streams(true)
  Object.assign(output, { rows: 40 })
  const prompts = terminalPrompts({ input, output, drawQr: (text) => `[${text}]\n[second line]` })
  prompts.qr?.({ url: 'tg://login?token=AA', expiresAtS: 0 })
  const phone = prompts.phone({ problem: undefined })
  assert.match(said(), /scan[\s\S]*\[tg:\/\/login\?token=AA\]\n\[second line\]\ntg:[\s\S]*Phone number/)
  input.write('+1')
  prompts.qr?.({ url: 'tg://login?token=BB', expiresAtS: 0 })
  const redrawn = said()
  assert.ok(redrawn.includes('\u001b[4A\r\u001b[J'))
  assert.match(redrawn, /token=BB[\s\S]*Phone number[\s\S]*\+1/)
  input.write('23\r')
  assert.equal(await phone, '+123')
  prompts.close()
})

test('the next QR code is printed below if the terminal is missing or too small', async () => {
  for (const isTTY of [true, false]) {
    const { input, output, said } = streams(isTTY)
    Object.assign(output, { rows: 3 })
    const prompts = terminalPrompts({ input, output, drawQr: (text) => text })
    prompts.qr?.({ url: 'tg://login?token=AA', expiresAtS: 0 })
    const phone = prompts.phone({ problem: undefined })
    said()
    prompts.qr?.({ url: 'tg://login?token=BB', expiresAtS: 0 })
    const below = said()
    assert.match(below, /^\n[\s\S]*token=BB[\s\S]*Phone number/)
    assert.ok(!below.includes('\u001b[3A'))
    input.write('+1\r\n')
    assert.equal(await phone, '+1')
    prompts.close()
  }
})

test('no QR code is shown without a drawer', () => {
  const { input, output } = streams(true)
  assert.equal(terminalPrompts({ input, output }).qr, undefined)
})

test('a person is asked again after a missing or refused answer, and a script is not', async () => {
  const { input, output, said } = streams(true)
  const prompts = terminalPrompts({ input, output })
  const numbers = prompts.phone({ problem: undefined })
  for (const line of ['\r', ' \r', '+1\r']) {
    await settled()
    input.write(line)
  }
  assert.equal(await numbers, '+1')
  assert.match(said(), /An answer is needed here\.\n[\s\S]*An answer is needed here\.\n/)
  const again = prompts.phone({ problem: new RpcError(400, 'PHONE_NUMBER_INVALID') })
  for (const line of ['+1 \r', '+2\r']) {
    await settled()
    input.write(line)
  }
  assert.equal(await again, '+2')
  assert.match(said(), /refused this answer already\.\n/)
  prompts.close()
  const script = streams(false)
  script.input.end('+1\n+1\n\n')
  const answers = terminalPrompts(script)
  const problem = new RpcError(400, 'PHONE_NUMBER_INVALID')
  for (const given of ['+1', '+1', '']) assert.equal(await answers.phone({ problem }), given)
  answers.close()
})

test('a cancelled question leaves what is typed next to the next question', async () => {
  const { input, output } = streams(true)
  const prompts = terminalPrompts({ input, output })
  const scanned = new AbortController()
  const phone = prompts.phone({ problem: undefined, signal: scanned.signal })
  scanned.abort()
  await assert.rejects(phone, { name: 'AbortError' })
  const password = prompts.password({ hint: undefined, problem: undefined })
  input.write('hunter2\r')
  assert.equal(await password, 'hunter2')
  prompts.close()
})

test('e-mail and recovery questions show what the server says about them', async () => {
  const { input, output, said } = streams(false)
  input.end('a@b.c\n\n123\nnew\n')
  const prompts = terminalPrompts({ input, output })
  assert.equal(await prompts.email?.({ problem: new RpcError(400, 'EMAIL_NOT_ALLOWED') }), 'a@b.c')
  assert.equal(await prompts.password({ hint: 'h', hasRecovery: true, problem: undefined }), '')
  assert.equal(await prompts.recoveryCode?.({ emailPattern: 'a**@b.c', problem: undefined }), '123')
  assert.equal(await prompts.newPassword?.({ problem: undefined }), 'new')
  prompts.close()
  assert.match(
    said(),
    /does not take this e-mail[\s\S]*hint: h, or Enter alone to recover[\s\S]*to a\*\*@b\.c\./,
  )
})

test('a user who cannot read the login e-mail is asked whether to remove it', async () => {
  const { input, output, said } = streams(false)
  input.end('\ny\n\n\n')
  const prompts = terminalPrompts({ input, output })
  const type = { _: 'auth.sentCodeTypeEmailCode', emailPattern: 'a***a@e***.org', length: 6 } as const
  const sent = { _: 'auth.sentCode', type, phoneCodeHash: 'a' } as const
  const question = { phoneNumber: '+1', sent, length: 6, hasReset: true, problem: undefined }
  assert.equal(await prompts.code(question), '')
  const reset = { emailPattern: type.emailPattern, problem: undefined }
  assert.equal(await prompts.resetEmail?.({ ...reset, afterS: 7 * 86_400, pendingAtS: undefined }), true)
  assert.equal(await prompts.resetEmail?.({ ...reset, afterS: undefined, pendingAtS: 86_400 }), false)
  assert.equal(await prompts.resetEmail?.({ ...reset, afterS: 0, pendingAtS: undefined }), false)
  prompts.close()
  assert.match(
    said(),
    /6 digits, or Enter alone if you cannot read that e-mail[\s\S]*in 7 days\? \(y\/N\)[\s\S]*1970-01-02[\s\S]*at once\?/,
  )
})

test('only the operator of the server is told where to read a code and how to pay for one', async () => {
  const own = { console: 'http://127.0.0.1:8080' }
  for (const server of [own, {}]) {
    const { input, output, said } = streams(false)
    input.end('22222\n')
    const prompts = terminalPrompts({ input, output, ...server })
    await prompts.code(question)
    prompts.payment?.({
      phoneNumber: '+9996621234',
      storeProduct: 'p',
      currency: 'EUR',
      amount: '99',
      supportEmailAddress: 'a@b.c',
    })
    prompts.close()
    const text = said()
    assert.match(text, /has to be paid for first \(99 in the smallest unit of EUR\)/)
    assert.equal(
      /at http:\/\/127\.0\.0\.1:8080 or with `npx cablegram codes --server http/.test(text),
      server === own,
    )
    const pays =
      'On your own server, `npx cablegram pay +9996621234 --server http://127.0.0.1:8080` pays for it.'
    assert.equal(text.includes(pays), server === own)
    assert.doesNotMatch(text, /POST|\/api\//)
  }
})

test('the terminal does not point to the inbox for a code that was not sent', async () => {
  const { input, output, said } = streams(false)
  input.end('\n')
  const prompts = terminalPrompts({ input, output, console: 'http://127.0.0.1:10081' })
  const type = { _: 'auth.sentCodeTypeFirebaseSms', length: 5 } as const
  await prompts.code({ ...question, sent: { ...sent, type } })
  prompts.close()
  const text = said()
  assert.match(text, /needs Firebase verification/)
  assert.doesNotMatch(text, /Read it at/)
})

test('a person must give a first name, and a script may leave it empty', async () => {
  const atTerminal = streams(true)
  const prompts = terminalPrompts(atTerminal)
  const name = prompts.name({ termsOfService: undefined, problem: undefined })
  for (const line of ['\r', 'Ada\r', '\r']) {
    await settled()
    atTerminal.input.write(line)
  }
  assert.deepEqual(await name, { firstName: 'Ada', lastName: '' })
  prompts.close()
  const script = streams(false)
  script.input.end('\n\n')
  const answers = terminalPrompts(script)
  const empty = await answers.name({ termsOfService: undefined, problem: undefined })
  assert.deepEqual(empty, { firstName: '', lastName: '' })
  answers.close()
})

test('a person is asked again after junk, which neither resends the code nor ends the login', async () => {
  const { input, output, said } = streams(true)
  const prompts = terminalPrompts({ input, output })
  const typed: string[] = []
  const code = prompts.code(question)
  code.then((answer) => typed.push(answer))
  for (const junk of ['-', '---', '😀', '“”']) {
    input.write(`${junk}\r`)
    await settled()
    assert.match(said(), /This answer has no letter or digit\.\n.*Code \(/, junk)
    assert.deepEqual(typed, [], junk)
  }
  input.write('54321\r')
  assert.equal(await code, '54321')
  const blank = prompts.code(question)
  input.write('\u200b\r')
  assert.equal(await blank, '\u200b')
  prompts.close()
  const script = streams(false)
  script.input.end('-\n')
  const answers = terminalPrompts(script)
  assert.equal(await answers.code(question), '-')
  answers.close()
})
