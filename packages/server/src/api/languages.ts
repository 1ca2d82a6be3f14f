import type { LangPack } from '../lang-packs/index.ts'
import { refusal } from '../rules/index.ts'
import type { HandlerContext } from './handler.ts'

/** Language of apps for which this server has no texts; their clients have English ones built in. */
export const ENGLISH = 'en'
/** Version of an empty language pack. */
export const EMPTY_VERSION = 1

/** Part of a request that names an app and a language. */
interface Asked {
  readonly langPack?: string
  readonly langCode?: string
}

/** Fields of help.getConfig about languages: only such as langpack.* has. */
export function suggestedLanguage(context: HandlerContext): {
  readonly suggestedLangCode: string
  readonly langPackVersion: number
  readonly baseLangPackVersion: number
} {
  const { client } = context
  const languages = languagesFor({}, context, { isLenient: true }) ?? []
  const suggested =
    languageLike(languages, client?.systemLangCode) ??
    languageLike(languages, client?.langCode) ??
    languageLike(languages, ENGLISH) ??
    languages[0]
  const own = languageLike(languages, client?.langCode)
  return {
    suggestedLangCode: suggested?.langCode ?? ENGLISH,
    langPackVersion: own?.version ?? EMPTY_VERSION,
    baseLangPackVersion: languageLike(languages, ENGLISH)?.version ?? EMPTY_VERSION,
  }
}

/**
 * Languages of the request's app; undefined if this server has no texts at all.
 *
 * @param isLenient an app without texts is treated as if no texts were served
 * @throws {RpcError} LANG_PACK_INVALID
 */
export function languagesFor(
  { langPack }: Asked,
  { langPacks, client }: HandlerContext,
  { isLenient = false }: { readonly isLenient?: boolean } = {},
): readonly LangPack[] | undefined {
  if (langPacks.isEmpty) return undefined
  const found = langPacks.languages((langPack || client?.langPack) ?? '')
  if (found === undefined && !isLenient) throw refusal('LANG_PACK_INVALID')
  return found
}

/** Finds the language of a code such as `pt_BR`, or else its parent. */
function languageLike(languages: readonly LangPack[], langCode = ''): LangPack | undefined {
  const wanted = langCode.toLowerCase().replaceAll('_', '-')
  const [parent] = wanted.split('-')
  return [wanted, parent]
    .map((code) => languages.find((language) => language.langCode === code))
    .find((found) => found !== undefined)
}
