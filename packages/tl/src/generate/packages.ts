import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import {
  type Combinator,
  checkSchema,
  type Field,
  parseJsonSchema,
  parseTl,
  printTl,
  printTlWithFacts,
  type Schema,
} from '../schema/index.ts'
import { patched, SOURCES } from './sources.ts'

/**
 * Makes the texts in `sources/` from the published packages, keyed by path. Only this step needs the packages. It
 * installs missing ones without running their scripts.
 */
export function textsOfPackages(): Map<string, string> {
  installPackages()
  const newest = LAYER_NUMBERS.at(-1)
  const layers = LAYER_NUMBERS.map((layer): [string, string] => {
    const published = publishedLayer(layer)
    // Callers and errors are generated from the newest layer only.
    const print = layer === newest ? printTlWithFacts : printTl
    return [`layers/${layer}.tl`, headed(`Layer ${layer} of the API`, published, print)]
  })
  const service = headed('The service messages of MTProto', serviceSchema(), printTl)
  return new Map([...layers, ['service.tl', service]])
}

/** Origin of a schema. */
interface Published {
  readonly schema: Schema
  /** Package, version, file and its checksum. */
  readonly origin: string
}

/** Layers found in a package, and layers kept as a patch on the one before. */
const LAYER_NUMBERS: readonly number[] = [
  131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 142, 143, 144, 145, 146, 148, 149, 150, 151, 152, 154,
  155, 156, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 176, 177,
  178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 195, 196, 197, 198, 199,
  200, 201, 203, 204, 205, 206, 207, 208, 210, 212, 213, 214, 216, 217, 218, 220, 221, 222, 223, 224, 225,
  227, 228,
]

function publishedLayer(layer: number): Published {
  if (existsSync(`${SOURCES}patches/${layer}.tl`)) return patchedLayer(layer)
  const alias = `api-${layer}`
  const paths = ['tl/apiTl.js', 'tl/static/api.tl', 'tl/api-schema.json', 'api-schema.json']
  const path = paths.find((candidate) => existsSync(`${SOURCES}node_modules/${alias}/${candidate}`))
  if (path === undefined) throw new TypeError(`no known file in the package of layer ${layer}`)
  const text = packageText(alias, path)
  const schema = path.endsWith('.json')
    ? parseJsonSchema(text, `${alias}/${path}`, { isForeign })
    : parseTl(path.endsWith('.js') ? embedded(text) : text, `${alias}/${path}`)
  return { schema: checkSchema(schema), origin: originOf(alias, path) }
}

/**
 * Entries that one publisher adds to Telegram's schema: its own methods, constructors of very old layers, wrappers
 * without their query (with the ids of the complete ones), and the configuration that comes over DNS, whose ids do
 * not match its text.
 */
function isForeign(name: string): boolean {
  return (
    name.startsWith('mtcute.') ||
    /^input(PeerPhotoFileLocation|StickerSetThumb)Legacy$/.test(name) ||
    /^invokeWith\w+Prefix$/.test(name) ||
    /^(ipPort|ipPortSecret|accessPointRule|help\.configSimple|test\.useConfigSimple)$/.test(name)
  )
}

/** A layer that no package has: the layer before it, changed by a patch. */
function patchedLayer(layer: number): Published {
  const before = LAYER_NUMBERS[LAYER_NUMBERS.indexOf(layer) - 1] ?? 0
  const { schema, origin } = publishedLayer(before)
  const path = `patches/${layer}.tl`
  return { schema: patched(schema, path), origin: `${origin}, and sources/${path}` }
}

/** Constructors of the key exchange that clients still send and the first source of the service schema lacks. */
const OLD_EXCHANGE = new Set(['p_q_inner_data', 'p_q_inner_data_temp', 'server_DH_params_fail', 'req_pq'])

/** Service messages that are documented but missing from both sources. */
const SERVICE_PATCH = 'patches/service.tl'

/**
 * MTProto's service messages, merged from two sources. The first writes big numbers as bytes but calls everything
 * a constructor. The second tells methods apart and is complete, but writes `string`.
 */
function serviceSchema(): Published {
  const [firstAlias, firstPath] = ['api-223', 'mtp-schema.json']
  const [secondAlias, secondPath] = ['api-198', 'tl/schemaTl.js']
  const first = parseJsonSchema(packageText(firstAlias, firstPath), firstPath, { prefix: 'mt_' })
  const second = parseTl(embedded(packageText(secondAlias, secondPath)), secondPath)
  const patch = parseTl(readFileSync(SOURCES + SERVICE_PATCH, 'utf8'), `sources/${SERVICE_PATCH}`)
  const methodNames = new Set(second.methods.map(({ name }) => name))
  const isMethod = ({ name }: Combinator) => methodNames.has(name)
  const added = ({ name }: Combinator) => OLD_EXCHANGE.has(name)
  const schema = checkSchema({
    source: first.source,
    constructors: [
      ...first.constructors.filter((entry) => !isMethod(entry)),
      ...second.constructors.filter(added).map(stringsAsBytes),
      ...patch.constructors,
    ],
    methods: [
      ...first.constructors.filter(isMethod).map((entry): Combinator => ({ ...entry, kind: 'method' })),
      ...second.methods.filter(added).map(stringsAsBytes),
    ],
  })
  const published = `${originOf(firstAlias, firstPath)}, ${originOf(secondAlias, secondPath)}`
  return { schema, origin: `${published}, and sources/${SERVICE_PATCH}` }
}

function stringsAsBytes(combinator: Combinator): Combinator {
  const isString = ({ type }: Field) => type.kind === 'primitive' && type.name === 'string'
  const fields = combinator.fields.map(
    (field): Field => (isString(field) ? { ...field, type: { kind: 'primitive', name: 'bytes' } } : field),
  )
  return { ...combinator, fields }
}

function headed(title: string, { schema, origin }: Published, print: (schema: Schema) => string): string {
  const lines = [`${title}, from ${origin}.`, 'Written by `npm run generate -- --refresh`; edits are lost.']
  return lines.map((line) => `// ${line}\n`).join('') + print(schema)
}

function originOf(alias: string, path: string): string {
  const { name, version }: { name: string; version: string } = JSON.parse(packageText(alias, 'package.json'))
  const checksum = createHash('sha256').update(packageText(alias, path)).digest('hex')
  return `${name}@${version} ${path} (sha256 ${checksum})`
}

function packageText(alias: string, path: string): string {
  return readFileSync(`${SOURCES}node_modules/${alias}/${path}`, 'utf8')
}

/** Extracts TL text from a JavaScript module: the part between its backquotes. */
function embedded(module: string): string {
  return module.slice(module.indexOf('`') + 1, module.lastIndexOf('`'))
}

function installPackages(): void {
  const installed = `${SOURCES}node_modules/.package-lock.json`
  const changedMs = statSync(`${SOURCES}package-lock.json`).mtimeMs
  if (existsSync(installed) && statSync(installed).mtimeMs >= changedMs) return
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: SOURCES,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
}
