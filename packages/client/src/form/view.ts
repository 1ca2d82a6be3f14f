import { systemClock } from '../net/clock.ts'
import { drawQr } from './qr.ts'
import { sayProblem } from './say-problem.ts'
import type { Field, Link, Screen, Values } from './screen.ts'
import { STYLE } from './style.ts'

const SECOND_MS = 1000

/** Draws screens into a shadow root, so that the page's styles and the form's stay apart. */
export class FormView {
  readonly #host: HTMLElement
  readonly #title = element('h2', { tabIndex: -1 })
  readonly #text = element('div', { className: 'text' })
  readonly #picture = element('div', {})
  readonly #fields = element('div', { className: 'fields' })
  readonly #problem = element('p', { className: 'problem', id: 'problem', role: 'alert' })
  readonly #submit = element('button', { type: 'submit' })
  readonly #links = element('div', { className: 'links' })
  readonly #status = element('p', { className: 'away', role: 'status' })
  #screen: Screen | undefined
  #isBusy = false
  #isShown = false
  #stopCounting: () => void = () => {}

  constructor(parent: Element) {
    this.#host = element('div', {})
    const root = this.#host.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    root.adoptedStyleSheets = [sheet]
    const form = element('form', { noValidate: true })
    form.append(
      this.#title,
      this.#text,
      this.#picture,
      this.#fields,
      this.#problem,
      this.#submit,
      this.#links,
      this.#status,
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#send()
    })
    root.append(form)
    parent.append(this.#host)
  }

  /** Shows a screen. Typed text stays if the question is still the same. */
  show(screen: Screen): void {
    const isSame = this.#screen?.key === screen.key
    this.#screen = screen
    this.#title.textContent = screen.title
    this.#text.replaceChildren(...screen.text.map((line) => element('p', { textContent: line })))
    this.#picture.replaceChildren(...(screen.qr === undefined ? [] : [drawQr(screen.qr)]))
    if (!isSame) this.#fields.replaceChildren(...screen.fields.map(fieldOf))
    this.#submit.hidden = screen.submit === undefined
    this.#submit.textContent = screen.submit?.label ?? ''
    this.#say(screen.problem)
    this.#showLinks(screen.links)
    // The first screen takes the focus from nowhere: the page may be about something else.
    if (!isSame && this.#isShown) this.#focus()
    this.#isShown = true
  }

  /** Takes the form off the page. */
  remove(): void {
    this.#stopCounting()
    this.#host.remove()
  }

  /** The first field, or where there is none the title. */
  #focus(): void {
    const first: HTMLElement = this.#inputs()[0] ?? this.#title
    first.focus()
  }

  #inputs(): HTMLInputElement[] {
    return [...this.#fields.querySelectorAll('input')]
  }

  #send(): void {
    const { submit, fields } = this.#screen ?? {}
    if (!submit || !fields) return
    const inputs = this.#inputs()
    const empty = inputs.find((input, i) => fields[i]?.isOptional !== true && input.value.trim() === '')
    if (empty) {
      this.#say('Something has to be typed here.', empty)
      empty.focus()
      return
    }
    const values: Values = Object.fromEntries(inputs.map(({ name, value }) => [name, value]))
    this.#run(() => submit.run(values))
  }

  /** Runs one action at a time; its error is shown. */
  async #run(action: () => Promise<unknown> | undefined): Promise<void> {
    if (this.#isBusy) return
    const before = this.#screen?.key
    this.#setBusy(true)
    try {
      // A password takes a second of computing: the page shows first that something happens.
      await painted()
      await action()
    } catch (error) {
      this.#say(sayProblem(error))
    } finally {
      this.#setBusy(false)
    }
    if (this.#screen?.key !== before || this.#problem.textContent === '') return
    const [first] = this.#inputs()
    first?.focus()
    first?.select()
  }

  #setBusy(isBusy: boolean): void {
    this.#isBusy = isBusy
    this.#submit.disabled = isBusy
    this.#status.textContent = isBusy ? 'One moment …' : ''
    this.#showLinks(this.#screen?.links ?? [])
  }

  #say(problem: string, at: HTMLInputElement | undefined = this.#inputs()[0]): void {
    // An alert that says the same again is not read out: empty it first.
    this.#problem.textContent = ''
    this.#problem.textContent = problem
    for (const input of this.#inputs()) {
      const isWrong = problem !== '' && input === at
      input.setAttribute('aria-invalid', String(isWrong))
      input.setAttribute('aria-describedby', `${input.name}-hint${isWrong ? ' problem' : ''}`)
    }
  }

  #showLinks(links: readonly Link[]): void {
    this.#stopCounting()
    const focused = this.#links.querySelector(':focus')?.textContent
    this.#links.replaceChildren(...links.map((link) => this.#linkOf(link)))
    for (const button of this.#links.querySelectorAll('button')) {
      if (focused !== undefined && button.textContent === focused) button.focus()
    }
    const waits = links.some((link) => leftMs(link) > 0)
    if (waits) this.#stopCounting = systemClock.after(SECOND_MS, () => this.#showLinks(links))
  }

  #linkOf(link: Link): HTMLButtonElement {
    const leftS = Math.ceil(leftMs(link) / SECOND_MS)
    const textContent = leftS > 0 ? `${link.label} in ${leftS} s` : link.label
    const button = element('button', {
      type: 'button',
      textContent,
      disabled: this.#isBusy || leftS > 0,
    })
    button.addEventListener('click', () => this.#run(link.run))
    return button
  }
}

function leftMs({ fromMs = 0 }: Link): number {
  return Math.max(0, fromMs - systemClock.nowMs())
}

function fieldOf({ name, label, type, autocomplete, hint = '', isNumeric, isOptional }: Field): HTMLElement {
  const input = element('input', { id: name, name, type, required: isOptional !== true })
  input.setAttribute('autocomplete', autocomplete)
  input.autocapitalize = type === 'text' && autocomplete.endsWith('-name') ? 'words' : 'none'
  input.spellcheck = false
  if (isNumeric) input.inputMode = 'numeric'
  const field = element('div', {})
  field.append(
    element('label', { htmlFor: name, textContent: label }),
    input,
    element('p', { className: 'hint', id: `${name}-hint`, textContent: hint, hidden: hint === '' }),
  )
  return field
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
): HTMLElementTagNameMap[Name] {
  return Object.assign(document.createElement(name), properties)
}

/** Resolves after the next frame; at once in a tab that is not shown, which has no frames. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    if (document.visibilityState === 'hidden') resolve()
    else requestAnimationFrame(() => systemClock.after(0, resolve))
  })
}
