import type { LangPackLanguage, LangPackString } from '@cablegram/tl/api'
import type { LangPack, LangString } from '../lang-packs/index.ts'
import { refusal } from '../rules/index.ts'
import { constantAnswer, type Handler, type ResultOf } from './handler.ts'
import { EMPTY_VERSION, ENGLISH, languagesFor } from './languages.ts'

/** Most texts in one request: a key takes four bytes to send, and its text may have kilobytes. */
const MAX_KEYS = 1000

/** Lists the languages of the app: only English if this server has no texts for it. */
export const getLanguages: Handler<'langpack.getLanguages'> = (request, context) =>
  languagesFor(request, context)?.map(tlLanguage) ?? [languageOf(ENGLISH, 0)]

/** Finds a language by its code. */
export const getLanguage: Handler<'langpack.getLanguage'> = (request, context) => {
  const languages = languagesFor(request, context)
  if (languages !== undefined) return tlLanguage(required(languages, request.langCode))
  if (request.langCode === ENGLISH) return languageOf(ENGLISH, 0)
  throw refusal('LANG_CODE_NOT_SUPPORTED')
}

/** Gives all texts of a language. */
export const getLangPack: Handler<'langpack.getLangPack'> = (request, context) => {
  const languages = languagesFor(request, context)
  const language = languages && required(languages, request.langCode)
  if (language === undefined) return differenceOf(undefined, request.langCode, 0)
  const known = WHOLE.get(language)
  if (known !== undefined) return known
  const whole = constantAnswer(differenceOf(language, language.langCode, 0))
  WHOLE.set(language, whole)
  return whole
}

/** Answers with all texts of a language. There are thousands, so an answer is encoded once for each layer. */
const WHOLE = new WeakMap<LangPack, ResultOf<'langpack.getLangPack'>>()

/** Gives all texts of a language if the client's are older. The server does not know which ones changed. */
export const getDifference: Handler<'langpack.getDifference'> = (request, context) => {
  const { langCode, fromVersion } = request
  const language = languagesFor(request, context)?.find((each) => each.langCode === langCode.toLowerCase())
  return differenceOf(language, langCode, fromVersion)
}

/** Gives texts by their keys. A missing one counts as deleted, so that the client uses its own. */
export const getStrings: Handler<'langpack.getStrings'> = (request, context) => {
  if (request.keys.length > MAX_KEYS) throw refusal('LIMIT_INVALID')
  const languages = languagesFor(request, context)
  const strings = languages && required(languages, request.langCode).strings
  return request.keys.map((key) => {
    const found = strings?.get(key)
    return found === undefined ? { _: 'langPackStringDeleted', key } : tlString(found)
  })
}

/** @throws {RpcError} LANG_CODE_NOT_SUPPORTED */
function required(languages: readonly LangPack[], langCode: string): LangPack {
  const wanted = langCode.toLowerCase()
  const found = languages.find((language) => language.langCode === wanted)
  if (found === undefined) throw refusal('LANG_CODE_NOT_SUPPORTED')
  return found
}

function differenceOf(
  language: LangPack | undefined,
  langCode: string,
  fromVersion: number,
): ResultOf<'langpack.getDifference'> {
  const version = language?.version ?? EMPTY_VERSION
  const isNews = language !== undefined && fromVersion < version
  return {
    _: 'langPackDifference',
    langCode: language?.langCode ?? langCode,
    fromVersion,
    version,
    strings: isNews ? [...language.strings.values()].map(tlString) : [],
  }
}

function tlString(string: LangString): LangPackString {
  const { key } = string
  if ('value' in string) return { _: 'langPackString', key, value: string.value }
  const { zero, one, two, few, many, other } = string.forms
  return {
    _: 'langPackStringPluralized',
    key,
    ...(zero !== undefined && { zeroValue: zero }),
    ...(one !== undefined && { oneValue: one }),
    ...(two !== undefined && { twoValue: two }),
    ...(few !== undefined && { fewValue: few }),
    ...(many !== undefined && { manyValue: many }),
    otherValue: other,
  }
}

function tlLanguage({ langCode, strings }: LangPack): LangPackLanguage {
  return languageOf(langCode, strings.size)
}

function languageOf(langCode: string, count: number): LangPackLanguage {
  const [pluralCode = langCode] = langCode.split('-')
  return {
    _: 'langPackLanguage',
    official: true,
    name: nameIn(ENGLISH, langCode),
    nativeName: nameIn(langCode, langCode),
    langCode,
    pluralCode,
    stringsCount: count,
    translatedCount: count,
    translationsUrl: '',
  }
}

/** Name of a language; its code if this machine does not know the name. */
function nameIn(language: string, langCode: string): string {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(langCode) ?? langCode
  } catch (error) {
    if (error instanceof RangeError) return langCode
    throw error
  }
}
