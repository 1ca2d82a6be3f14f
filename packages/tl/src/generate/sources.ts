import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  type Combinator,
  checkSchema,
  type Field,
  parseJsonSchema,
  parseTl,
  type Schema,
} from '../schema/index.ts'

const FOLDER = fileURLToPath(new URL('../../sources/', import.meta.url))

/** Installs the packages the schemas come from, unless they are there as locked. Their scripts do not run. */
export function installSources(): void {
  const installed = `${FOLDER}node_modules/.package-lock.json`
  const changedMs = statSync(`${FOLDER}package-lock.json`).mtimeMs
  if (existsSync(installed) && statSync(installed).mtimeMs >= changedMs) return
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
}

function text(path: string): string {
  return readFileSync(`${FOLDER}node_modules/${path}`, 'utf8')
}

/** What the publisher adds to Telegram's schema: its own methods, and constructors of layers long gone. */
function isForeign(name: string): boolean {
  return name.startsWith('mtcute.') || /^input(PeerPhotoFileLocation|StickerSetThumb)Legacy$/.test(name)
}

function jsonLayer(alias: string): Schema {
  const path = `${alias}/tl/api-schema.json`
  return checkSchema(parseJsonSchema(text(path), path, { isForeign }))
}

/** TL text inside a JavaScript module: what stands between its backquotes. */
function embeddedTl(path: string): Schema {
  const module = text(path)
  return parseTl(module.slice(module.indexOf('`') + 1, module.lastIndexOf('`')), path)
}

/** Every layer of the API there is a source for, oldest first. The last is the one everything is translated from. */
export const LAYER_SOURCES: ReadonlyMap<number, () => Schema> = new Map([
  [198, () => checkSchema(embeddedTl('api-198/tl/apiTl.js'))],
  [227, () => jsonLayer('api-227')],
  [228, () => jsonLayer('api-228')],
])

/**
 * Methods in forms that clients still send though no source has their layer. Their parameters' types are the
 * newest layer's.
 */
export function oldRequests(newest: Schema): Schema {
  const path = 'old-requests.tl'
  const old = parseTl(readFileSync(FOLDER + path, 'utf8'), path)
  return checkSchema({ ...old, constructors: newest.constructors })
}

/** What clients still send of the key exchange that the service schema's first source leaves out. */
const OLD_EXCHANGE = new Set(['p_q_inner_data', 'p_q_inner_data_temp', 'server_DH_params_fail', 'req_pq'])

/**
 * MTProto's own messages, from two sources: one writes big numbers as bytes but calls everything a
 * constructor, the other tells methods apart and has what the first leaves out, but says `string`.
 */
export function serviceSchema(): Schema {
  const path = 'service/mtp-schema.json'
  const first = parseJsonSchema(text(path), path, { prefix: 'mt_' })
  const second = embeddedTl('api-198/tl/schemaTl.js')
  const methodNames = new Set(second.methods.map(({ name }) => name))
  const isMethod = ({ name }: Combinator) => methodNames.has(name)
  const added = ({ name }: Combinator) => OLD_EXCHANGE.has(name)
  return checkSchema({
    source: first.source,
    constructors: [
      ...first.constructors.filter((entry) => !isMethod(entry)),
      ...second.constructors.filter(added).map(stringsAsBytes),
    ],
    methods: [
      ...first.constructors.filter(isMethod).map((entry): Combinator => ({ ...entry, kind: 'method' })),
      ...second.methods.filter(added).map(stringsAsBytes),
    ],
  })
}

function stringsAsBytes(combinator: Combinator): Combinator {
  const isString = ({ type }: Field) => type.kind === 'primitive' && type.name === 'string'
  const fields = combinator.fields.map(
    (field): Field => (isString(field) ? { ...field, type: { kind: 'primitive', name: 'bytes' } } : field),
  )
  return { ...combinator, fields }
}
