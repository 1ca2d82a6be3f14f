/** The script of every page: the theme, tabs, buttons that copy, and the search box. Pages work without it. */

/** The console's address of a server that was started without options. */
const OWN_SERVER = 'http://127.0.0.1:10081'
const root = document.documentElement

/** Reads or writes a choice; a browser may forbid both. */
function choice(name: string, value?: string): string | null {
  try {
    if (value !== undefined) localStorage.setItem(name, value)
    return localStorage.getItem(name)
  } catch {
    return value ?? null
  }
}

const theme = choice('theme')
if (theme !== null) root.dataset['theme'] = theme

document.addEventListener('DOMContentLoaded', () => {
  addThemeSwitch()
  for (const tabs of document.querySelectorAll<HTMLElement>('.tabs')) makeTabs(tabs)
  for (const pre of document.querySelectorAll<HTMLElement>('pre.code')) addCopyButton(pre)
  wakeSearch()
  wakeTryIt()
})

function addThemeSwitch(): void {
  const button = document.createElement('button')
  button.className = 'theme'
  button.type = 'button'
  const isDark = () =>
    (root.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) ===
    'dark'
  const label = () => {
    button.textContent = isDark() ? '☀' : '☾'
    button.setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours')
  }
  button.addEventListener('click', () => {
    root.dataset['theme'] = choice('theme', isDark() ? 'light' : 'dark') ?? ''
    label()
  })
  label()
  document.querySelector('header')?.append(button)
}

function makeTabs(box: HTMLElement): void {
  const panels = [...box.querySelectorAll<HTMLElement>(':scope > section')]
  if (panels.length < 2) return
  const list = document.createElement('div')
  list.setAttribute('role', 'tablist')
  list.setAttribute('aria-label', 'Language')
  const buttons = panels.map((panel) => tabButton(panel))
  list.append(...buttons)
  const select = (index: number, wanted?: HTMLElement) => {
    for (const [each, panel] of panels.entries()) {
      panel.hidden = each !== index
      buttons[each]?.setAttribute('aria-selected', String(each === index))
      buttons[each]?.setAttribute('tabindex', each === index ? '0' : '-1')
    }
    wanted?.focus()
  }
  for (const [index, button] of buttons.entries()) {
    button.addEventListener('click', () => {
      choice('language', button.textContent ?? '')
      dispatchEvent(new CustomEvent('language', { detail: button.textContent }))
    })
    button.addEventListener('keydown', ({ key }) => {
      const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
      const next = (index + step + buttons.length) % buttons.length
      if (step !== 0) select(next, buttons[next])
    })
  }
  const show = (language: string | null) => {
    const index = panels.findIndex((panel) => panel.dataset['tab'] === language)
    if (index >= 0) select(index)
  }
  addEventListener('language', (event) => show(String((event as CustomEvent).detail)))
  select(0)
  show(choice('language'))
  box.prepend(list)
  box.classList.add('live')
}

function tabButton(panel: HTMLElement): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = panel.dataset['tab'] ?? ''
  button.id = `tab-${panel.id}`
  button.setAttribute('role', 'tab')
  button.setAttribute('aria-controls', panel.id)
  panel.setAttribute('role', 'tabpanel')
  panel.setAttribute('aria-labelledby', button.id)
  return button
}

function addCopyButton(pre: HTMLElement): void {
  if (!isSecureContext || pre.classList.contains('text') || pre.classList.contains('wire')) return
  const frame = document.createElement('div')
  frame.className = 'copyable'
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(pre.textContent ?? '')
    button.textContent = 'Copied'
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 1500)
  })
  pre.replaceWith(frame)
  frame.append(pre, button)
}

/** The search and its data are loaded when somebody goes to the field. */
function wakeSearch(): void {
  const input = document.querySelector<HTMLInputElement>('header input[type=search]')
  if (input === null) return
  const load = () => import(new URL(`${document.body.dataset['root']}search.js`, location.href).href)
  input.addEventListener('focus', () => void load().then((module) => module.start(input)), { once: true })
  document.addEventListener('keydown', (event) => {
    const isTyping =
      event.target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
    if (event.key !== '/' || isTyping) return
    event.preventDefault()
    input.focus()
  })
  if (document.body.classList.contains('search')) {
    input.value = new URLSearchParams(location.search).get('q') ?? ''
    void load().then((module) => module.startPage(input))
  }
}

/** The form that calls the running server is loaded when somebody asks for it; only consoles have it. */
function wakeTryIt(): void {
  const place = document.querySelector<HTMLElement>('#try-it')
  if (place === null) return
  if (place.dataset['script'] === undefined) {
    place.append(invitation(place.dataset['method'] ?? ''))
    return
  }
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Try it on this server'
  button.addEventListener('click', () => {
    button.disabled = true
    void import(new URL(place.dataset['script'] ?? '', location.href).href).then((module) =>
      module.start(place),
    )
  })
  place.append(button)
}

/** The address of the same page on a server of one's own: pages from elsewhere cannot call it. */
function invitation(method: string): HTMLElement {
  const line = document.createElement('p')
  const link = document.createElement('a')
  link.href = `${OWN_SERVER}/docs/methods/${method}`
  link.textContent = link.href
  line.append(
    'To call this method from its page, start a server (',
    code('npx cablegram serve'),
    ') and open ',
    link,
    '.',
  )
  return line
}

function code(text: string): HTMLElement {
  const node = document.createElement('code')
  node.textContent = text
  return node
}
