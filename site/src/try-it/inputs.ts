import { constructorsOf, type FieldShape, type Shape } from '@cablegram/tl/fields'
import { element } from './element.ts'
import { formOf, isTyped, parseValue, ValueProblem } from './parse-value.ts'

/** A control for one value. */
export interface Input {
  readonly node: HTMLElement
  /** The value; undefined for a flag that is not set. @throws InputProblem */
  readonly read: () => unknown
}

/** A value that is wrong, and where it was typed. */
export class InputProblem extends Error {
  readonly at: HTMLElement

  constructor(message: string, at: HTMLElement) {
    super(message)
    this.at = at
  }
}

/** Parts that all inputs of a form share. */
export interface InputContext {
  /** A text to begin with. */
  readonly sample: (field: string, type: string) => string
  /** Makes ids for labels. */
  readonly nextId: () => string
}

const MAX_DEPTH = 8
const MAX_ITEMS = 100
/** Optional fields that a call is of little use without. */
const WANTED: ReadonlySet<string> = new Set(['phone_code'])
/** The constructor to begin with, where the first one of a type is of little use. */
const CHOSEN: Readonly<Record<string, string>> = { InputUser: 'inputUserSelf', InputPeer: 'inputPeerSelf' }

/** The fields of a method or a constructor. */
export function inputsOf(shape: Shape, context: InputContext, depth = 0): Input {
  const fields = shape.fields.filter(({ type }) => type !== '#')
  const inputs = fields.map((field) => [field, fieldInput(field, context, depth)] as const)
  const node = element('div', { className: 'fields' })
  node.append(...inputs.map(([, input]) => input.node))
  return {
    node,
    read() {
      const values = inputs.map(([{ key }, input]) => [key, input.read()] as const)
      return Object.fromEntries(values.filter(([, value]) => value !== undefined))
    },
  }
}

function fieldInput(field: FieldShape, context: InputContext, depth: number): Input {
  const { name, type, flag } = field
  if (type === 'true') return checkbox(name, context)
  if (!flag) return labelled(name, type, valueInput(name, type, context, depth), context)
  return optional(name, type, context, depth)
}

/** A flag without a value. */
function checkbox(name: string, context: InputContext): Input {
  const id = context.nextId()
  const box = element('input', { type: 'checkbox', id })
  const node = element('div', { className: 'field flag' })
  node.append(box, element('label', { htmlFor: id, textContent: name }), typeText('true', true))
  return { node, read: () => (box.checked ? true : undefined) }
}

/** The value of an optional field appears once it is wanted. */
function optional(name: string, type: string, context: InputContext, depth: number): Input {
  const id = context.nextId()
  const box = element('input', { type: 'checkbox', id })
  const place = element('div', {})
  const node = element('div', { className: 'field' })
  const head = element('div', { className: 'flag' })
  head.append(box, element('label', { htmlFor: id, textContent: name }), typeText(type, true))
  node.append(head, place)
  let input: Input | undefined
  const show = () => {
    input = box.checked ? valueInput(name, type, context, depth) : undefined
    if (input?.node instanceof HTMLInputElement) input.node.setAttribute('aria-label', name)
    place.replaceChildren(...(input ? [input.node] : []))
  }
  box.addEventListener('change', show)
  box.checked = WANTED.has(name)
  show()
  return { node, read: () => input?.read() }
}

function labelled(name: string, type: string, input: Input, context: InputContext): Input {
  const isText = input.node instanceof HTMLInputElement || input.node instanceof HTMLSelectElement
  const head = element(isText ? 'label' : 'span', { className: 'name', textContent: name })
  if (head instanceof HTMLLabelElement) {
    input.node.id = context.nextId()
    head.htmlFor = input.node.id
  }
  const node = element('div', { className: 'field' })
  const line = element('div', {})
  line.append(head, typeText(type, false))
  node.append(line, input.node)
  if (!isText) {
    node.setAttribute('role', 'group')
    node.setAttribute('aria-label', name)
  }
  return { node, read: input.read }
}

function typeText(type: string, isOptional: boolean): HTMLElement {
  return element('span', { className: 'type', textContent: isOptional ? `${type}, optional` : type })
}

function valueInput(name: string, type: string, context: InputContext, depth: number): Input {
  const item = /^[Vv]ector<(.+)>$/.exec(type)?.[1]
  if (item !== undefined) return vector(name, item, context, depth)
  if (type === 'Bool') return choice()
  if (isTyped(type)) return text(type, context.sample(name, type))
  return union(type, context, depth)
}

function text(type: string, value: string): Input {
  const node = element('input', { type: 'text', value, placeholder: formOf(type), spellcheck: false })
  node.setAttribute('autocomplete', 'off')
  if (type === 'int' || type === 'long') node.inputMode = 'numeric'
  const read = () => {
    try {
      return parseValue(type, node.value)
    } catch (error) {
      throw error instanceof ValueProblem ? new InputProblem(error.message, node) : error
    }
  }
  return { node, read }
}

function choice(): Input {
  const node = select(['false', 'true'])
  return { node, read: () => node.value === 'true' }
}

/** A boxed type: its constructor is chosen, its fields follow. */
function union(type: string, context: InputContext, depth: number): Input {
  const shapes = constructorsOf(type)
  const node = element('div', { className: 'value' })
  const names = shapes.map(({ name }) => name)
  const chooser = select(names)
  chooser.setAttribute('aria-label', `constructor of ${type}`)
  chooser.value = CHOSEN[type] ?? names[0] ?? ''
  const place = element('div', {})
  node.append(chooser, place)
  let input: Input | undefined
  const choose = () => {
    const shape = shapes.find(({ name }) => name === chooser.value)
    input = shape && depth < MAX_DEPTH ? inputsOf(shape, context, depth + 1) : undefined
    place.replaceChildren(...(input ? [input.node] : []))
  }
  chooser.addEventListener('change', choose)
  choose()
  return {
    node,
    read() {
      if (!input)
        throw new InputProblem(`This form cannot make a ${type}: call the method from a program.`, chooser)
      return { _: chooser.value, ...(input.read() as object) }
    },
  }
}

function vector(name: string, type: string, context: InputContext, depth: number): Input {
  const items = new Set<Input>()
  const node = element('div', { className: 'value' })
  const list = element('div', {})
  const add = element('button', { type: 'button', textContent: 'Add an item' })
  add.addEventListener('click', () => {
    if (items.size >= MAX_ITEMS) return
    const input = valueInput(name, type, context, depth)
    const row = element('div', { className: 'item' })
    const remove = element('button', { type: 'button', textContent: 'Remove' })
    if (input.node instanceof HTMLInputElement) input.node.setAttribute('aria-label', `item of ${name}`)
    remove.addEventListener('click', () => {
      items.delete(input)
      row.remove()
      add.focus()
    })
    row.append(input.node, remove)
    list.append(row)
    items.add(input)
  })
  node.append(list, add)
  return { node, read: () => [...items].map((input) => input.read()) }
}

function select(names: readonly string[]): HTMLSelectElement {
  const node = element('select', {})
  node.append(...names.map((name) => element('option', { value: name, textContent: name })))
  return node
}
