/**
 * Makes few modules of a package's many (`docs/adr/0058-few-modules.md`). Node finds, reads, parses and links every module on its
 * own: a client of 316 modules took twice the time and 20 MB more to import.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installManifest } from './browser-libraries.ts'
import { type Manifest, PLATFORMS, platformsOf } from './published.ts'

const here = dirname(fileURLToPath(import.meta.url))

/** The parts of Rolldown that are used: it is installed when it is needed, so its own types may be missing. */
interface Rolldown {
  rolldown(options: {
    readonly cwd: string
    readonly input: Readonly<Record<string, string>>
    readonly external: (id: string) => boolean
    readonly plugins: readonly Plugin[]
    readonly checks: Readonly<Record<string, boolean>>
    readonly onLog: (level: string, log: { readonly message: string }) => void
  }): Promise<{ generate(options: object): Promise<{ readonly output: readonly Chunk[] }> }>
}

interface Plugin {
  readonly name: string
  resolveId?(id: string): string | undefined
  load?(id: string): { readonly code: string; readonly moduleType: 'js' } | undefined
  transform?(code: string, id: string): { readonly code: string } | undefined
  moduleParsed?(module: Module): void
}

interface Module {
  readonly id: string
  readonly importedIds: readonly string[]
}

interface Chunk {
  readonly fileName: string
  readonly code: string
  /** Files that run before this one, and names of other packages. */
  readonly imports: readonly string[]
}

/** The prefix of modules that exist in the bundler only. */
const MADE = 'made:'

/**
 * Replaces the JavaScript of a folder to publish by one file for each export of the package and a few that these share. The
 * files that `imports` has for each platform become one for each, too. Other packages, ours among them, stay imports.
 *
 * @throws if a file for a platform needs a file that waits for it
 */
export async function bundle(dist: string, manifest: Manifest): Promise<void> {
  const input = inputOf(dist, manifest)
  const graph = new Graph()
  const bundler = await loadRolldown()
  const bundled = await bundler.rolldown({
    cwd: dist,
    input,
    external: (id) => !/^(?:\.|\/|[A-Za-z]:[\\/])/.test(id) && !id.startsWith(MADE),
    plugins: [
      platformModules(dist, manifest),
      places(dist),
      { name: 'graph', moduleParsed: (each) => graph.add(each) },
    ],
    // The client loads its methods when they are called; with the functions exported beside them, these are there anyway.
    checks: { ineffectiveDynamicImport: false },
    onLog: (level, { message }) => {
      throw new Error(`${manifest.name}, ${level}: ${message}`)
    },
  })
  const { output } = await bundled.generate({
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: 'src/[name].js',
    // Bundlers of pages read the annotations; people read the declarations.
    comments: { annotation: true, jsdoc: false, legal: false },
    codeSplitting: { groups: groupsOf(input, graph) },
  })
  checkOrder(output, manifest)
  for (const file of globSync('{src,generated}/**/*.js', { cwd: dist })) rmSync(join(dist, file))
  for (const { fileName, code } of output) {
    mkdirSync(dirname(join(dist, fileName)), { recursive: true })
    writeFileSync(join(dist, fileName), withPlaces(fileName, code))
  }
}

/** The imports between modules of a package, as the bundler finds them. */
class Graph {
  readonly #imported = new Map<string, readonly string[]>()

  add({ id, importedIds }: Module): void {
    this.#imported.set(id, importedIds)
  }

  /** All modules that run before these, and these. */
  reach(ids: readonly string[]): ReadonlySet<string> {
    const reached = new Set(ids)
    for (const id of reached) for (const next of this.#imported.get(id) ?? []) reached.add(next)
    return reached
  }
}

/**
 * Modules that more than one file needs go together. Those that files for a platform need import no file for a platform, so
 * that they never wait for one that waits for them; and pages must not meet modules of Node, so what needs these stays apart.
 */
function groupsOf(input: Readonly<Record<string, string>>, graph: Graph): readonly object[] {
  const entries = new Set(Object.values(input))
  const main = Object.values(input).slice(0, 1)
  const platforms = [...entries].filter((id) => id.startsWith(MADE))
  const needsNode = (id: string): boolean => [...graph.reach([id])].some((each) => each.startsWith('node:'))
  const group = (name: string, roots: readonly string[], isIn: (id: string) => boolean = () => true) => {
    let reached: ReadonlySet<string> | undefined
    const test = (id: string): boolean => {
      reached ??= graph.reach(roots)
      return reached.has(id) && !entries.has(id) && isIn(id)
    }
    return { name, test, minShareCount: 2 }
  }
  return [
    group('base', platforms, (id) => !needsNode(id)),
    group('base-for-node', platforms, needsNode),
    group('shared', main),
  ]
}

/** Checks that no file which runs before those of the platforms imports them by one of the package's own names. */
function checkOrder(output: readonly Chunk[], manifest: Manifest): void {
  const chunks = new Graph()
  for (const { fileName, imports } of output) chunks.add({ id: fileName, importedIds: imports })
  const platforms = Object.values(PLATFORMS).map((file) => file.replace('./', ''))
  const before = chunks.reach(platforms)
  for (const name of platformsOf(manifest).keys()) {
    if (before.has(name))
      throw new Error(`${manifest.name}: a file for a platform waits for ${name}, and so for itself`)
  }
}

/**
 * The files to make, without their endings, and the modules that they begin with: exports, of which the main one is the first,
 * or the program of a command; modules that threads begin with; and files for the platforms.
 */
function inputOf(dist: string, manifest: Manifest): Record<string, string> {
  const files = Object.values(manifest.exports ?? {}).filter((file) => typeof file === 'string')
  const modules = files.filter((file) => !file.endsWith('.json')).map((file) => file.replace(/^\.\//, ''))
  if (manifest.bin) modules.push('src/main.ts')
  const names = [...modules, ...modulesOfThreads(dist)].map((file) => file.replace(/\.[tj]s$/, ''))
  const made = platformsOf(manifest).size > 0 ? Object.values(PLATFORMS) : []
  return Object.fromEntries([
    ...names.map((name) => [name, join(dist, `${name}.js`)]),
    ...made.map((file) => [file.replace(/^\.\/|\.js$/g, ''), MADE + file]),
  ])
}

/** Modules that threads begin with. */
function modulesOfThreads(dist: string): string[] {
  const files = globSync('src/**/*.js', { cwd: dist }).map((file) => file.replaceAll('\\', '/'))
  return files.filter((file) => /\bparentPort\b/.test(readFileSync(join(dist, file), 'utf8'))).toSorted()
}

/** A module for each platform, with everything that the package's own names stand for there. */
function platformModules(dist: string, manifest: Manifest): Plugin {
  const platforms = platformsOf(manifest)
  const codeOf = (condition: keyof typeof PLATFORMS): string =>
    [...platforms.values()]
      .map((files) => join(dist, files[condition].replace(/\.ts$/, '.js')))
      .map((file) => `export * from ${JSON.stringify(file)}\n`)
      .join('')
  return {
    name: 'platform-modules',
    resolveId: (id) => (id.startsWith(MADE) ? id : undefined),
    load(id) {
      const condition = (['browser', 'default'] as const).find((each) => id === MADE + PLATFORMS[each])
      return condition && { code: codeOf(condition), moduleType: 'js' }
    },
  }
}

const PLACE = /\bat-place:([^'"]+)/g

/** Modules find other files from the place that they had: `import.meta.url` gets the way there. */
function places(dist: string): Plugin {
  return {
    name: 'places',
    transform(code, id) {
      if (!code.includes('import.meta.url')) return undefined
      const place = relative(dist, id).replaceAll('\\', '/')
      return {
        code: code.replaceAll('import.meta.url', `new URL('at-place:${place}', import.meta.url).href`),
      }
    },
  }
}

function withPlaces(fileName: string, code: string): string {
  return code.replaceAll(PLACE, (_, place: string) => posix.relative(dirname(fileName), place))
}

async function loadRolldown(): Promise<Rolldown> {
  installManifest(here)
  const file = join(here, 'node_modules/rolldown/dist/index.mjs')
  const module: Rolldown = await import(pathToFileURL(file).href)
  return module
}
