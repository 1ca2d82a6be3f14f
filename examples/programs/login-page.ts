/** Serves a page on which somebody signs in, and ends then. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { TelegramClient } from '@cablegram/client'

const url = new URL(`http://127.0.0.1:8000/${randomUUID()}`) // nobody can guess this address
const client = new TelegramClient('page.session', { server: 'http://127.0.0.1:10081' })
const login = await client.login()

async function answer(given: string) {
  const { step } = login
  if (step.at === 'waitPhone') await step.sendCode({ phoneNumber: given })
  if (step.at === 'waitCode') await step.signIn({ code: given })
  if (step.at === 'waitPassword') await step.checkPassword({ password: given })
  if (step.at === 'waitSignUp') await step.signUp({ firstName: given })
}

const ASKS = { waitPhone: 'Phone number', waitCode: 'Code', waitPassword: 'Password', waitSignUp: 'Name' }

function page(error = '') {
  const { state } = login
  if (state.at === 'authorized') return '<h1>You are signed in.</h1>'
  const problem = 'problem' in state && state.problem ? state.problem.type : error
  const question = state.at in ASKS ? ASKS[state.at as keyof typeof ASKS] : `No answer to ${state.at}`
  return `<form method="post">${problem}<p><label>${question} <input name="answer" autofocus></label></form>`
}

const web = createServer(async (request, response) => {
  if (request.url !== url.pathname) return void response.writeHead(404).end()
  const given = new URLSearchParams(await text(request)).get('answer')
  const error = given === null ? '' : await answer(given).catch((refused) => refused.code)
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' })
    .end(page(error))
  if (login.state.at === 'authorized') await Promise.all([web.close(), client.close()])
})
web.listen(Number(url.port), url.hostname, () => console.log(`Open ${url}`))
