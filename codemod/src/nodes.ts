import { isNode, type Node } from './rewriter.ts'

/** The node in a field; undefined if there is none. */
export function at(node: Node | undefined, field: string): Node | undefined {
  const value = node?.[field]
  return isNode(value) ? value : undefined
}

/** The nodes in a field. */
export function listAt(node: Node | undefined, field: string): Node[] {
  const value = node?.[field]
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** The name of an identifier, or the value of a text; undefined for anything else. */
export function nameOf(node: Node | undefined): string | undefined {
  if (node?.type === 'Identifier') return String(node['name'])
  return node?.type === 'StringLiteral' ? String(node['value']) : undefined
}

/** The text of a literal. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.type === 'StringLiteral' ? String(node['value']) : undefined
}

/** An expression without await, parentheses, `!` and casts around it. */
export function bare(node: Node | undefined): Node | undefined {
  switch (node?.type) {
    case 'AwaitExpression':
      return bare(at(node, 'argument'))
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
      return bare(at(node, 'expression'))
    default:
      return node
  }
}

/** `client.sendMessage(…)`: the object, the name and the arguments of a call of a method. */
export interface MethodCall {
  readonly object: Node
  readonly method: string
  readonly args: readonly Node[]
}

/** The parts of a call of a method; undefined for any other expression. */
export function methodCall(node: Node | undefined): MethodCall | undefined {
  if (node?.type !== 'CallExpression' && node?.type !== 'OptionalCallExpression') return undefined
  const callee = at(node, 'callee')
  const [object, method] = [at(callee, 'object'), nameOf(at(callee, 'property'))]
  if (object === undefined || method === undefined || callee?.['computed'] === true) return undefined
  return { object, method, args: listAt(node, 'arguments') }
}

/** The name of a member: `text` of `message.text`. */
export function memberName(node: Node): string | undefined {
  const isMember = node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression'
  return isMember && node['computed'] !== true ? nameOf(at(node, 'property')) : undefined
}

/** The properties of an object, by name; undefined if it is none, or has others such as `...rest`. */
export function propertiesOf(node: Node | undefined): Map<string, Node> | undefined {
  if (node?.type !== 'ObjectExpression') return undefined
  const found = new Map<string, Node>()
  for (const property of listAt(node, 'properties')) {
    const name = nameOf(at(property, 'key'))
    if (name === undefined || property['computed'] === true) return undefined
    found.set(name, property)
  }
  return found
}

/** The value of a property; a method is its own value. */
export function propertyValue(property: Node | undefined): Node | undefined {
  return at(property, 'value') ?? property
}

/** The dotted name of an expression: `Api.auth.SendCode`. */
export function dotted(node: Node | undefined): string | undefined {
  if (node?.type === 'Identifier') return String(node['name'])
  if (node?.type === 'ThisExpression') return 'this'
  if (node === undefined) return undefined
  const [left, right] = node.type === 'TSQualifiedName' ? ['left', 'right'] : ['object', 'property']
  const [object, name] = [dotted(at(node, left)), nameOf(at(node, right))]
  return object === undefined || name === undefined ? undefined : `${object}.${name}`
}
