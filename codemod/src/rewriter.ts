import { type ParserOptions, parse } from '@babel/parser'

/** A node of the syntax tree, as far as this program looks at it: offsets are UTF-16 units. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** Something that a person has to change, with the section of the guide that says how. */
export interface Todo {
  readonly line: number
  readonly text: string
}

/** The new text of a node; undefined leaves it to its parts. */
export type Rule = (node: Node, rewriter: Rewriter) => string | undefined

const PARSER: ParserOptions = {
  sourceType: 'unambiguous',
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: true,
  plugins: ['typescript'],
}

/** Reads a program. @throws SyntaxError with its place */
export function parseProgram(text: string): Node {
  return parse(text, PARSER).program as unknown as Node
}

/** The nodes whose statements follow each other. */
const LISTS = new Set(['Program', 'BlockStatement', 'SwitchCase', 'StaticBlock', 'TSModuleBlock'])

/** Rewrites a program from the leaves up: everything that no rule touches keeps its form. */
export class Rewriter {
  readonly text: string
  readonly todos: Todo[] = []
  readonly #rule: Rule
  /** The nodes around the current one, the innermost last. */
  readonly #around: Node[] = []
  /** The comments of the statements around the current node, the innermost last. */
  readonly #statements: string[][] = []
  readonly #appended = new Map<Node, string>()

  constructor(text: string, rule: Rule) {
    this.text = text
    this.#rule = rule
  }

  /** The source text of a node. */
  source(node: Node): string {
    return this.text.slice(node.start, node.end)
  }

  /** The node around the current one. */
  get parent(): Node | undefined {
    return this.#around.at(-2)
  }

  /** The nodes around the current one, the innermost last. */
  get around(): readonly Node[] {
    return this.#around
  }

  /** The new text of a node. */
  render(node: Node): string {
    this.#around.push(node)
    const text = this.#render(node)
    this.#around.pop()
    return text + (this.#appended.get(node) ?? '')
  }

  /** Writes a text behind a node that is rendered later. */
  append(node: Node, text: string): void {
    this.#appended.set(node, text)
  }

  #render(node: Node): string {
    if (!this.#isCommented(node)) return this.#rule(node, this) ?? this.splice(node)
    const comments: string[] = []
    this.#statements.push(comments)
    const text = this.#rule(node, this) ?? this.splice(node)
    this.#statements.pop()
    const lineStart = this.text.lastIndexOf('\n', node.start - 1) + 1
    const indent = /^\s*/.exec(this.text.slice(lineStart, node.start))?.[0] ?? ''
    return comments.map((comment) => `// TODO(cablegram): ${comment}\n${indent}`).join('') + text
  }

  /** The source text of a node with the new texts of its parts. */
  splice(node: Node): string {
    let [text, at] = ['', node.start]
    for (const child of childrenOf(node)) {
      text += this.text.slice(at, child.start) + this.render(child)
      at = child.end
    }
    return text + this.text.slice(at, node.end)
  }

  /** A statement that is part of another one, as the body of an `if` may be, has its comments above the whole. */
  #isCommented(node: Node): boolean {
    return isStatement(node) && (this.parent === undefined || LISTS.has(this.parent.type))
  }

  /** Leaves a comment above the statement that a node is in. */
  todo(node: Node, text: string): void {
    const comments = this.#statements.at(-1)
    if (comments === undefined || comments.includes(text)) return
    comments.push(text)
    this.todos.push({ line: this.text.slice(0, node.start).split('\n').length, text })
  }
}

/** The nodes in a node, in the order of the text. */
export function childrenOf(node: Node): Node[] {
  // `{ name }` is one text and two nodes.
  const fields = node['shorthand'] === true ? [node['value']] : Object.values(node)
  return fields
    .flat()
    .filter(isNode)
    .toSorted((a, b) => a.start - b.start)
}

/** Whether a value is a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value
    ? !String(value.type).startsWith('Comment')
    : false
}

/** Calls `visit` with each node and the nodes around it, the innermost first. */
export function walk(node: Node, visit: (node: Node, around: readonly Node[]) => void): void {
  const go = (each: Node, around: readonly Node[]) => {
    visit(each, around)
    for (const child of childrenOf(each)) go(child, [each, ...around])
  }
  go(node, [])
}

function isStatement({ type }: Node): boolean {
  return type !== 'BlockStatement' && /(Statement|Declaration)$/.test(type) && !type.startsWith('TS')
}
