import { refusal } from '../domain/index.ts'
import type { Handler } from './handler.ts'

/** A server keeps no translations: clients go by the texts they come with, which are English. */
const LANGUAGE = {
  _: 'langPackLanguage',
  official: true,
  name: 'English',
  nativeName: 'English',
  langCode: 'en',
  pluralCode: 'en',
  stringsCount: 0,
  translatedCount: 0,
  translationsUrl: '',
} as const

/** The one version of the empty language pack. */
const VERSION = 1

/** The languages there are: the one that needs no strings. */
export const getLanguages: Handler<'langpack.getLanguages'> = () => [LANGUAGE]

/** A language by its code. */
export const getLanguage: Handler<'langpack.getLanguage'> = ({ langCode }) => {
  if (langCode === LANGUAGE.langCode) return LANGUAGE
  throw refusal('LANG_CODE_NOT_SUPPORTED')
}

/** All strings of a language: none. */
export const getLangPack: Handler<'langpack.getLangPack'> = ({ langCode }) => ({
  _: 'langPackDifference',
  langCode,
  fromVersion: 0,
  version: VERSION,
  strings: [],
})

/** What has changed in a language since a version: nothing. */
export const getDifference: Handler<'langpack.getDifference'> = ({ langCode, fromVersion }) => ({
  _: 'langPackDifference',
  langCode,
  fromVersion,
  version: VERSION,
  strings: [],
})

/** Strings by their keys: every one falls back to the client's own text. */
export const getStrings: Handler<'langpack.getStrings'> = ({ keys }) =>
  keys.map((key) => ({ _: 'langPackStringDeleted', key }))
