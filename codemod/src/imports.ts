import { at, listAt, methodCall, nameOf, textOf } from './nodes.ts'
import type { Node } from './rewriter.ts'

/** The statements of a program that import GramJS, and the line that takes their place. */
export interface Imports {
  readonly statements: readonly Node[]
  /** GramJS is required, as modules of CommonJS do. */
  readonly isRequire: boolean
  /** An import, or a `require`, of these names. */
  lineOf(names: ReadonlySet<string>): string
}

export function importsOf(program: Node): Imports {
  const statements = listAt(program, 'body').filter((node) => isOfGramJs(moduleOf(node)))
  const isRequire = statements.some(({ type }) => type === 'VariableDeclaration')
  return {
    statements,
    isRequire,
    lineOf(names) {
      const plain = (name: string) => name.replace(/^type /, '')
      const sorted = [...names].toSorted((a, b) => plain(a).localeCompare(plain(b)))
      const list = `{ ${sorted.join(', ')} }`
      return isRequire
        ? `const ${list} = require('@cablegram/client')`
        : `import ${list} from '@cablegram/client'`
    },
  }
}

function isOfGramJs(module: string | undefined): boolean {
  return module !== undefined && /^(telegram(\/|$)|big-integer$)/.test(module)
}

/** The module of an import, or of a `const … = require('…')`. */
function moduleOf(node: Node): string | undefined {
  if (node.type === 'ImportDeclaration') return textOf(at(node, 'source'))
  const [declared] = listAt(node, 'declarations')
  const call = at(declared, 'init')
  if (methodCall(call) === undefined && nameOf(at(call, 'callee')) === 'require') {
    return textOf(listAt(call, 'arguments')[0])
  }
  return undefined
}
