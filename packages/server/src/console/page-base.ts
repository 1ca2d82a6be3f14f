/** The beginning of the scripts of the console's pages: they ask the API, and show what they get as text. */
export const PAGE_BASE: string = `
'use strict'
const $ = (id) => document.getElementById(id)
let token = sessionStorage.getItem('token') || ''
const drawn = new Map()

/** @param body is posted; without one the path is read */
async function api(path, body) {
  const headers = token ? { authorization: 'Bearer ' + token } : {}
  const posted = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(path, body === undefined ? { headers } : posted)
  if (response.status === 204) return undefined
  const answer = await response.json()
  if (response.ok) return answer
  const { message, next } = answer.error
  throw Object.assign(new Error(message + ' ' + next), { status: response.status })
}

function element(name, className, text) {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

/** Draws only what has changed, so that a selection, and the focus, stay. */
function draw(id, shown, make) {
  const state = JSON.stringify(shown)
  if (drawn.get(id) === state) return
  drawn.set(id, state)
  $(id).replaceChildren(...make())
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms))
`
