/** Language packs: the texts of clients' apps, served out of a folder. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '@cablegram/tl'
import { parseStrings, parseXml, type RawStrings } from './parse.ts'

/** One text, in the forms that numbers ask for where it has several. */
export type LangString =
  | { readonly key: string; readonly value: string }
  | { readonly key: string; readonly forms: PluralForms }

/** By the plural categories of Unicode; `other` is always there. */
export type PluralForms = { readonly other: string } & { readonly [F in PluralForm]?: string }

/** A plural category. */
export type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other'

/** The texts of one app in one language. */
export interface LangPack {
  /** `android`, `ios`, `tdesktop`, `weba` … */
  readonly name: string
  /** Such as `en` or `pt-br`, in small letters. */
  readonly langCode: string
  /** At least 1. */
  readonly version: number
  readonly strings: ReadonlyMap<string, LangString>
}

/** The language packs of a server. */
export interface LangPacks {
  /** Nothing is served: clients go by the texts they come with. */
  readonly isEmpty: boolean
  /** The languages of an app, by code; undefined if the server has no texts for that app. */
  languages(name: string): readonly LangPack[] | undefined
}

/** No language packs. */
export const NO_LANG_PACKS: LangPacks = { isEmpty: true, languages: () => undefined }

/** `weba_en_v123.strings`, as translations.telegram.org names what it exports; or `en.xml` in the folder `android`. */
const EXPORTED = /^([a-z]+(?:_x)?)_([a-z]{2,3}(?:-[a-z0-9]+)*)(?:_v(\d{1,9}))?\.(strings|xml)$/i
const NESTED = /^([a-z]{2,3}(?:-[a-z0-9]+)*)(?:_v(\d{1,9}))?\.(strings|xml)$/i
const MAX_FILE_BYTES = 16 * 1024 * 1024
const MAX_FILES = 1000

/** Web K asks for `web` and declares `webk`. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = { web: ['webk', 'weba'] }

/**
 * Reads every language pack of a folder.
 *
 * @throws {UsageError} LANG_PACKS_INVALID
 */
export function readLangPacks(folder: string): LangPacks {
  const packs = filesOf(folder).map(readPack)
  if (packs.length === 0) throw invalid(folder, 'has no language packs')
  const byName = new Map<string, LangPack[]>()
  for (const pack of packs) byName.set(pack.name, [...(byName.get(pack.name) ?? []), pack])
  return {
    isEmpty: false,
    languages: (name) =>
      [name, ...(OTHER_NAMES[name] ?? [])]
        .map((each) => byName.get(each))
        .find((found) => found !== undefined),
  }
}

interface PackFile {
  readonly path: string
  readonly name: string
  readonly langCode: string
  readonly version: number
}

/** For each app and language the file with the highest version. */
function filesOf(folder: string): PackFile[] {
  const found = namesIn(folder, folder).flatMap((entry) => {
    const path = join(folder, entry)
    if (!statSync(path).isDirectory()) return packFile(path, EXPORTED.exec(entry)) ?? []
    return namesIn(path, folder).flatMap((file) => {
      const [, langCode, version, type] = NESTED.exec(file) ?? []
      const parts = langCode === undefined ? null : ['', entry, langCode, version, type]
      return packFile(join(path, file), parts) ?? packFile(join(path, file), EXPORTED.exec(file)) ?? []
    })
  })
  if (found.length > MAX_FILES) throw invalid(folder, `has more than ${MAX_FILES} language packs`)
  const newest = new Map<string, PackFile>()
  for (const file of found.toSorted((a, b) => a.version - b.version)) {
    newest.set(`${file.name} ${file.langCode}`, file)
  }
  return [...newest.keys()].toSorted().flatMap((key) => newest.get(key) ?? [])
}

function packFile(path: string, parts: readonly (string | undefined)[] | null): PackFile | undefined {
  const [, name, langCode, version] = parts ?? []
  if (name === undefined || langCode === undefined) return undefined
  return {
    path,
    name: name.toLowerCase(),
    langCode: langCode.toLowerCase(),
    version: Math.max(1, Number(version ?? 1)),
  }
}

function namesIn(path: string, folder: string): string[] {
  try {
    return readdirSync(path).toSorted()
  } catch (cause) {
    throw invalid(folder, 'cannot be read', cause)
  }
}

function readPack({ path, ...pack }: PackFile): LangPack {
  try {
    const { size } = statSync(path)
    if (size > MAX_FILE_BYTES) throw invalid(path, `is larger than ${MAX_FILE_BYTES} bytes`)
    const text = readFileSync(path, 'utf8')
    const raw = path.toLowerCase().endsWith('.xml') ? parseXml(text) : parseStrings(text)
    if (raw.size === 0) throw invalid(path, 'has no texts')
    return { ...pack, strings: withPlurals(raw, pack.name) }
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw invalid(path, 'cannot be read', cause)
  }
}

const FORM = /^(.+)[_#](zero|one|two|few|many|other)$/s
/** Apps of Apple number the forms. */
const NUMBERED_FORM = /^(.+)_(0|1|2|3_10|many|any)$/s
const NUMBERED: Readonly<Record<string, PluralForm>> = {
  '0': 'zero',
  '1': 'one',
  '2': 'two',
  '3_10': 'few',
  many: 'many',
  any: 'other',
}

/** Joins the forms of a text, which stand as texts of their own in a file. One without `other` is no plural. */
function withPlurals(raw: RawStrings, name: string): Map<string, LangString> {
  const forms = new Map<string, { [F in PluralForm]?: string }>()
  const formOf = new Map<string, string>()
  for (const [key, value] of raw) {
    const [stem, form] = splitForm(key, name) ?? []
    if (stem === undefined || form === undefined) continue
    forms.set(stem, { ...forms.get(stem), [form]: value })
    formOf.set(key, stem)
  }
  const strings = new Map<string, LangString>()
  for (const [key, value] of raw) {
    const stem = formOf.get(key) ?? key
    const { other, ...rest } = forms.get(stem) ?? {}
    if (formOf.has(key) && other !== undefined) strings.set(stem, { key: stem, forms: { ...rest, other } })
    else strings.set(key, { key, value })
  }
  return strings
}

function splitForm(key: string, name: string): [stem: string, form: PluralForm] | undefined {
  const [, stem, form] = FORM.exec(key) ?? []
  if (stem !== undefined && form !== undefined) return [stem, form as PluralForm]
  if (name !== 'ios' && name !== 'macos') return undefined
  const [, numberedStem, number = ''] = NUMBERED_FORM.exec(key) ?? []
  const numbered = NUMBERED[number]
  return numberedStem === undefined || numbered === undefined ? undefined : [numberedStem, numbered]
}

function invalid(path: string, why: string, cause?: unknown): UsageError {
  return new UsageError(
    'LANG_PACKS_INVALID',
    `${path} ${why}: give a folder with files such as weba_en_v1.strings or android/en.xml.`,
    { cause },
  )
}
