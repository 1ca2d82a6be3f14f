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

/** The files for each platform, where the package's own names lead to: the build makes one file for each. */
export const PLATFORMS = { browser: './src/for-browsers.js', default: './src/for-node.js' } as const

/** The package's own names that stand for another file on each platform, with these files. */
export function platformsOf({
  imports = {},
}: Manifest): ReadonlyMap<string, Readonly<Record<keyof typeof PLATFORMS, string>>> {
  const found = Object.entries(imports).flatMap(([name, files]) => {
    const { browser, default: other } = files
    return browser !== undefined && other !== undefined ? [[name, { browser, default: other }] as const] : []
  })
  return new Map(found)
}

/** Folder in the repository where `install-built.ts` puts the built packages for tests. */
export const INSTALLED = 'node_modules/.cache/built/node_modules'

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
    ...(manifest.imports && { imports: { ...manifest.imports, ...ofPlatforms(manifest) } }),
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

function ofPlatforms(manifest: Manifest): Manifest['imports'] {
  return Object.fromEntries([...platformsOf(manifest).keys()].map((name) => [name, PLATFORMS]))
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
