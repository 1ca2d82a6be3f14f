/** "Try it" on the page of a method: a form that calls the server whose console shows the page. */
import { indexedDbSession, logOut, RpcError, TelegramClient } from '@cablegram/client'
import type { MethodName, Params } from '@cablegram/tl/api'
import { methodShape, type Shape } from '@cablegram/tl/fields'
import { asksForToken, consoleToken, tokenForm } from './console-token.ts'
import { element } from './element.ts'
import { type Input, InputProblem, inputsOf } from './inputs.ts'
import { forget, recall, remember } from './memory.ts'
import { nextMethod } from './next-method.ts'
import { answerNodes, refusalNode, requestNodes } from './outcome.ts'
import { PROOF_TYPE, passwordInput, proofOf } from './password.ts'
import { errorNodes } from './refusal.ts'
import { sampleOf } from './samples.ts'
import { STYLE } from './style.ts'

/** The session of these forms in the console's origin: a login goes on from page to page. */
const SESSION = 'try-it'

/** Fills the place with the form. */
export async function start(place: HTMLElement): Promise<void> {
  const method = place.dataset['method'] ?? ''
  const shape = methodShape(method)
  const root = place.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)
  root.adoptedStyleSheets = [sheet]
  const status = element('p', { textContent: 'Connecting …' })
  status.setAttribute('role', 'status')
  root.append(element('h2', { textContent: 'Try it' }), status)
  const client = new TelegramClient(indexedDbSession(SESSION), {
    server: location.origin,
    consoleToken: consoleToken(),
  })
  try {
    await client.connect()
  } catch (error) {
    await client.close()
    const form = asksForToken(error) ? tokenForm(() => startAgain(place, root)) : undefined
    status.replaceWith(...(form ? [form] : [...errorNodes(error), retryButton(place, root)]))
    form?.querySelector('input')?.focus()
    return
  }
  const form = new TryForm({ client, method, shape, status })
  root.append(form.node)
  form.focus()
}

function retryButton(place: HTMLElement, root: ShadowRoot): HTMLElement {
  const button = element('button', { type: 'button', textContent: 'Try again' })
  button.addEventListener('click', () => startAgain(place, root))
  return button
}

/** A shadow root cannot be taken off: a copy of the place takes its turn. */
function startAgain(place: HTMLElement, { host }: ShadowRoot): void {
  const copy = element('section', { id: place.id })
  Object.assign(copy.dataset, place.dataset)
  host.replaceWith(copy)
  void start(copy)
}

interface Parts {
  readonly client: TelegramClient
  readonly method: string
  readonly shape: Shape | undefined
  readonly status: HTMLElement
}

class TryForm {
  readonly node: HTMLElement = element('div', {})
  readonly #parts: Parts
  readonly #inputs: Input
  readonly #password: ReturnType<typeof passwordInput> | undefined
  readonly #problem = element('p', { className: 'wrong' })
  readonly #send = element('button', { type: 'submit', textContent: 'Call' })
  readonly #outcome = element('div', {})

  constructor(parts: Parts) {
    this.#parts = parts
    const { client, shape } = parts
    const app = client.app ?? { apiId: 0, apiHash: '' }
    const memory = recall()
    let ids = 0
    const nextId = () => {
      ids += 1
      return `f${ids}`
    }
    const proof = shape?.fields.find(({ type }) => type === PROOF_TYPE)
    this.#password = proof && passwordInput(nextId())
    const typed = {
      ...emptyShape,
      ...shape,
      fields: (shape?.fields ?? []).filter((field) => field !== proof),
    }
    this.#inputs = inputsOf(typed, {
      sample: (field, type) => sampleOf(field, type, app, memory),
      nextId,
    })
    this.#problem.setAttribute('role', 'alert')
    this.#outcome.setAttribute('aria-live', 'polite')
    this.node.append(this.#makeForm(), this.#outcome)
    this.#showStatus()
  }

  /** The first thing to type, or the button. */
  focus(): void {
    const first = this.node.querySelector<HTMLElement>('input, select')
    ;(first ?? this.#send).focus()
  }

  #makeForm(): HTMLFormElement {
    const form = element('form', { noValidate: true })
    const buttons = element('div', { className: 'buttons' })
    const out = element('button', { type: 'button', textContent: 'Sign out and forget' })
    out.addEventListener('click', () => void this.#signOut())
    buttons.append(this.#send, out)
    form.append(this.#inputs.node)
    if (this.#password) form.append(this.#password.node)
    form.append(this.#problem, buttons)
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#call()
    })
    return form
  }

  async #call(): Promise<void> {
    if (this.#send.disabled) return
    this.#outcome.replaceChildren()
    this.#clearProblem()
    this.#send.disabled = true
    try {
      await this.#show()
    } catch (error) {
      this.#say(error)
    } finally {
      this.#send.disabled = false
      this.#showStatus()
    }
  }

  /** @throws InputProblem for what was typed; UsageError for what no field could check */
  async #show(): Promise<void> {
    const { client, method, shape } = this.#parts
    const params = { ...(this.#inputs.read() as Record<string, unknown>) }
    const proof = shape?.fields.find(({ type }) => type === PROOF_TYPE)
    if (proof && this.#password) params[proof.key] = await proofOf(client, this.#password.password())
    this.#outcome.replaceChildren(...requestNodes(method, params))
    const startedMs = performance.now()
    let outcome: unknown
    try {
      // The writer checks them: the types are those of the field table.
      outcome = await client.call(method as MethodName, params as Params<MethodName>)
      this.#outcome.append(...answerNodes(method, outcome, Math.round(performance.now() - startedMs)))
      remember(params, outcome)
      await client.save()
    } catch (error) {
      outcome = error
      this.#outcome.append(...errorNodes(error))
      if (error instanceof RpcError) this.#outcome.append(refusalNode(method, error))
    }
    const next = nextMethod(method, outcome)
    if (next !== undefined) this.#outcome.append(nextLink(next))
  }

  #say(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    this.#problem.textContent = message
    if (!(error instanceof InputProblem)) return
    this.#problem.id = 'problem'
    error.at.setAttribute('aria-invalid', 'true')
    error.at.setAttribute('aria-describedby', 'problem')
    // The sentence stands at the field.
    error.at.closest('.field, .item')?.append(this.#problem)
    error.at.focus()
  }

  #clearProblem(): void {
    this.#problem.textContent = ''
    for (const wrong of this.node.querySelectorAll('[aria-invalid]')) {
      wrong.removeAttribute('aria-invalid')
      wrong.removeAttribute('aria-describedby')
    }
  }

  #showStatus(): void {
    const { client, status } = this.#parts
    const who = client.userId === undefined ? 'not signed in' : `signed in as user ${client.userId}`
    status.textContent = `Connected to ${location.origin}, ${who}.`
  }

  async #signOut(): Promise<void> {
    const { client } = this.#parts
    forget()
    try {
      await logOut(client)
      this.#outcome.replaceChildren()
    } catch (error) {
      this.#outcome.replaceChildren(...errorNodes(error))
    }
    this.#showStatus()
  }
}

const emptyShape: Shape = { kind: 'method', name: '', id: 0, fields: [], result: '' }

function nextLink(method: string): HTMLElement {
  const line = element('p', { textContent: 'Next: ' })
  const href = new URL(`${document.body.dataset['root'] ?? '../'}methods/${method}#try-it`, location.href)
    .href
  line.append(element('a', { href, textContent: method }))
  return line
}
