/** Serves a page on which somebody signs in, and ends then. */
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { TelegramClient } from '@cablegram/client'

const url = new URL(`http://127.0.0.1:8000/${crypto.randomUUID()}`) // nobody can guess this address
const client = new TelegramClient('page.session', { server: 'http://127.0.0.1:10081' })
const login = await client.login()

async function answer(given: string) {
  const { step } = login
  if (step.at === 'waitPhone') await step.sendCode({ phoneNumber: given })
  if (step.at === 'waitCode') await step.signIn({ code: given })
  if (step.at === 'waitPassword') await step.checkPassword({ password: given })
  if (step.at === 'waitSignUp') await step.signUp({ firstName: given })
}

const questions: Record<string, string> = {
  waitPhone: 'Phone number',
  waitCode: 'Code',
  waitPassword: 'Password',
  waitSignUp: 'Your name',
}

function form(error: string) {
  const question = questions[login.state.at] ?? `This page cannot answer ${login.state.at}`
  const problem = login.problem?.type ?? error
  return `<form method="post"><label>${question} <input name="answer" autofocus></label> ${problem}</form>`
}

const web = createServer(async (request, response) => {
  if (request.url !== url.pathname) return void response.writeHead(404).end()
  const given = new URLSearchParams(await text(request)).get('answer')
  const error = given === null ? '' : await answer(given).catch((refused) => refused.message)
  const html = login.user ? '<h1>You are signed in.</h1>' : form(error)
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' }).end(html)
  if (login.user) await Promise.all([web.close(), client.close()])
})
web.listen(Number(url.port), url.hostname, () => console.log(`Open ${url}`))
