/** The manifest that a package is published with, derived from the one in this repository. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A package.json, as far as the build reads it. */
export interface Manifest {
  name: string
  version: string
  scripts?: unknown
  exports?: Record<string, string | Target>
  /** Files by the names that the package's own code has for them, one for each condition. */
  imports?: Record<string, Record<string, string>>
  bin?: Record<string, string>
  dependencies?: Record<string, string>
  /**
   * Packages that users install for some options only. In the repository they are development packages: npm would install
   * optional peers of a workspace together with the product.
   */
  optionalPeers?: Record<string, string>
  [field: string]: unknown
}

/** The file of the package `cablegram` with all pages of the reference. */
export const REFERENCE = 'reference.pages'

/** The script of "try it", which the console's pages load. */
export const TRY_IT = 'try-it.js.br'

/** An entry of `exports`: the declarations first, as TypeScript wants it. */
interface Target {
  readonly types: string
  readonly default: string
}

/**
 * Removes what only this repository needs, and adds what older resolvers read: `main` and `types` for the
 * package, `typesVersions` for its subpaths (`moduleResolution: node10` knows no `exports`).
 *
 * @param dist the folder to publish, complete except for its manifest
 */
export function published(
  { scripts: _, optionalPeers, ...manifest }: Manifest,
  dist: string,
): Record<string, unknown> {
  const targets = Object.entries(manifest.exports ?? {}).map(([path, file]) => [path, target(file)] as const)
  return {
    ...manifest,
    ...(targets.length > 0 && { exports: Object.fromEntries(targets) }),
    ...(manifest.imports && { imports: inJavaScript(manifest.imports) }),
    ...entries(targets),
    ...(optionalPeers && peers(optionalPeers)),
    files: ['src', 'generated', 'bin', 'browser', REFERENCE, TRY_IT].filter((name) =>
      existsSync(join(dist, name)),
    ),
    publishConfig: { access: 'public' },
  }
}

function peers(optionalPeers: Record<string, string>): Record<string, unknown> {
  const isOptional = Object.keys(optionalPeers).map((name) => [name, { optional: true }])
  return { peerDependencies: optionalPeers, peerDependenciesMeta: Object.fromEntries(isOptional) }
}

/** Maps the files of every condition to their JavaScript. */
function inJavaScript(imports: NonNullable<Manifest['imports']>): Manifest['imports'] {
  const mapped = Object.entries(imports).map(([name, conditions]) => {
    const files = Object.entries(conditions).map(([condition, file]) => [condition, javaScript(file)])
    return [name, Object.fromEntries(files)]
  })
  return Object.fromEntries(mapped)
}

function javaScript(file: string): string {
  return file.endsWith('.d.ts') ? file : file.replace(/\.ts$/, '.js')
}

/** Maps `./src/index.ts` to its JavaScript and declarations; both keep their folder. */
function target(file: string | Target): string | Target {
  if (typeof file === 'object') return file
  if (!/\.(ts|js)$/.test(file)) return file
  const base = file.replace(/\.(ts|js)$/, '')
  return { types: `${base}.d.ts`, default: `${base}.js` }
}

function entries(targets: readonly (readonly [string, string | Target])[]): Record<string, unknown> {
  const modules = targets.filter((entry): entry is readonly [string, Target] => typeof entry[1] === 'object')
  const root = modules.find(([path]) => path === '.')?.[1]
  const subpaths = modules.filter(([path]) => path !== '.')
  return {
    ...(root && { main: root.default, types: root.types }),
    ...(subpaths.length > 0 && {
      typesVersions: {
        '*': Object.fromEntries(subpaths.map(([path, { types }]) => [path.slice(2), [types]])),
      },
    }),
  }
}
