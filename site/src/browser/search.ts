/** The search in the page: loaded with its data when somebody goes to the field. */
import { createSearch, type Hit, type Search, type SearchDocument } from '../search/search.ts'

const MAX_IN_LIST = 10
const MAX_ON_PAGE = 100

let loaded: Promise<Search> | undefined

function load(): Promise<Search> {
  loaded ??= fetch(address('search.json'))
    .then((answer) => answer.json())
    .then((rows: readonly (readonly string[])[]) => createSearch(rows.map(documentOf)))
  return loaded
}

/** A row of the data: id, name, text, errors, purposes, support; the name is left out where the id ends with it. */
function documentOf([
  id = '',
  name = '',
  text = '',
  errors = '',
  purposes = '',
  support = '',
]: readonly string[]): SearchDocument {
  const shown = name === '' ? id.slice(id.indexOf('/') + 1) : name
  return { id, name: shown, text, errors, purposes, isSupported: support !== '' }
}

function address(path: string): string {
  return new URL(`${document.body.dataset['root']}${path}`, location.href).href
}

/** Shows what is found below the field while somebody types. */
export function start(input: HTMLInputElement): void {
  const list = document.createElement('ul')
  list.id = 'hits'
  list.className = 'found'
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', 'Pages found')
  list.hidden = true
  input.after(list)
  input.setAttribute('role', 'combobox')
  input.setAttribute('aria-controls', list.id)
  input.setAttribute('aria-autocomplete', 'list')
  input.setAttribute('aria-expanded', 'false')
  let selected = -1
  const options = () => [...list.querySelectorAll<HTMLElement>('[role=option]')]
  const select = (index: number) => {
    selected = index
    for (const [each, option] of options().entries())
      option.setAttribute('aria-selected', String(each === index))
    const option = options()[index]
    if (option === undefined) input.removeAttribute('aria-activedescendant')
    else {
      input.setAttribute('aria-activedescendant', option.id)
      option.scrollIntoView({ block: 'nearest' })
    }
  }
  const show = (isShown: boolean) => {
    list.hidden = !isShown
    input.setAttribute('aria-expanded', String(isShown))
  }
  const update = async () => {
    const query = input.value.trim()
    if (query === '') return show(false)
    const search = await load()
    if (query !== input.value.trim()) return
    list.replaceChildren(...hitItems(search.find(query, MAX_IN_LIST)).map(asOption))
    if (list.childElementCount === 0) list.append(nothingFound())
    select(-1)
    show(true)
  }
  input.addEventListener('input', () => void update())
  input.addEventListener('keydown', (event) => {
    const count = options().length
    if (event.key === 'Escape') show(false)
    if (event.key === 'ArrowDown' && count > 0) select((selected + 1) % count)
    else if (event.key === 'ArrowUp' && count > 0) select((selected - 1 + count) % count)
    else if (event.key === 'Enter' && selected >= 0) options()[selected]?.querySelector('a')?.click()
    else return
    event.preventDefault()
  })
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Node && !input.parentElement?.contains(target)) show(false)
  })
  void update()
}

/** Lists on the page of the search what its address asks for. */
export async function startPage(input: HTMLInputElement): Promise<void> {
  const query = input.value.trim()
  if (query === '') return input.focus()
  const hits = (await load()).find(query, MAX_ON_PAGE)
  const list = document.createElement('ul')
  list.className = 'results'
  list.append(...hitItems(hits))
  const summary = document.createElement('p')
  summary.setAttribute('role', 'status')
  summary.textContent =
    hits.length === 0 ? `Nothing was found for “${query}”.` : `${hits.length} pages for “${query}”:`
  document.querySelector('main h1')?.after(summary, list)
}

function hitItems(hits: readonly Hit[]): HTMLElement[] {
  return hits.map(({ id, name, text }) => {
    const item = document.createElement('li')
    const link = document.createElement('a')
    link.href = address(id)
    const kind = document.createElement('small')
    kind.textContent = (id.split('/')[0] ?? '').replace(/s$/, '')
    const title = document.createElement('b')
    title.textContent = name
    const about = document.createElement('span')
    about.textContent = text
    link.append(title, kind, about)
    item.append(link)
    return item
  })
}

/** In the list below the field the arrow keys choose, not Tab. */
function asOption(item: HTMLElement, index: number): HTMLElement {
  item.id = `hit-${index}`
  item.setAttribute('role', 'option')
  item.querySelector('a')?.setAttribute('tabindex', '-1')
  return item
}

function nothingFound(): HTMLElement {
  const item = document.createElement('li')
  item.className = 'none'
  item.textContent = 'Nothing was found.'
  return item
}
