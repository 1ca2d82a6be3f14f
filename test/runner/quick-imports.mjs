/**
 * Resolves the imports of this repository's modules without the file system. For each import Node looks for the file, for links
 * in its path, and for a package.json in each folder above, though all of that is known here: a process that loads the server
 * and the client takes a third less processor time. `scripts/test.ts` gives this file to all processes of a suite, also to those
 * that tests start. Other steps of `.ci/run`, and users, have Node's own resolution.
 *
 * It is plain JavaScript, and runs on versions of Node that know no hooks: there it does nothing.
 */
import module from 'node:module'

/** Packages of the repository: their names lead to the same file from each module. */
const OURS = '@cablegram/'

/** Resolutions that Node has made, by the name and the kind of import. */
const known = new Map()

module.registerHooks?.({ resolve })

function resolve(specifier, context, next) {
  if (specifier.startsWith('node:')) return { url: specifier, format: 'builtin', shortCircuit: true }
  if (specifier.startsWith('.') && specifier.endsWith('.ts') && context.parentURL?.startsWith('file:'))
    return {
      url: new URL(specifier, context.parentURL).href,
      format: 'module-typescript',
      shortCircuit: true,
    }
  return specifier.startsWith(OURS) ? resolvedOnce(specifier, context, next) : next(specifier, context)
}

function resolvedOnce(specifier, context, next) {
  const key = [specifier, ...context.conditions].join(' ')
  const found = known.get(key) ?? { ...next(specifier, context), shortCircuit: true }
  known.set(key, found)
  return found
}
