import { createHash } from 'node:crypto'
import type { help } from '@cablegram/tl/api'
import { type CountryCode, getCountries, getCountryCallingCode, Metadata } from 'libphonenumber-js/min'
import { expandDigits } from './digit-pattern.ts'
import { constantAnswer } from './handler.ts'

/** Lists by language, the least recently used first. A client's region and script do not count. */
const lists = new Map<string, help.countriesList>()
/** A list has 250 names, and Intl knows some 200 languages. */
const MAX_LISTS = 64

/** Countries of the world with their English names, and their names in `langCode` if that is another language. */
export function countriesList(langCode: string): help.countriesList {
  const language = knownLanguage(langCode)
  const list = lists.get(language) ?? constantAnswer(makeList(language))
  lists.delete(language)
  lists.set(language, list)
  const [longestUnused] = lists.keys()
  if (longestUnused !== undefined && lists.size > MAX_LISTS) lists.delete(longestUnused)
  return list
}

/** Language of `langCode` if names in it are known, else English. */
function knownLanguage(langCode: string): string {
  try {
    return Intl.DisplayNames.supportedLocalesOf(new Intl.Locale(langCode).language)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

function makeList(language: string): help.countriesList {
  const english = new Intl.DisplayNames('en', { type: 'region' })
  const local = new Intl.DisplayNames(language, { type: 'region' })
  const metadata = new Metadata()
  const countries = getCountries()
    .map((iso2): help.country => {
      const defaultName = english.of(iso2) ?? iso2
      const name = local.of(iso2) ?? iso2
      return {
        _: 'help.country',
        iso2,
        defaultName,
        ...(name !== defaultName && { name }),
        countryCodes: [
          { _: 'help.countryCode', countryCode: getCountryCallingCode(iso2), ...prefixesOf(metadata, iso2) },
        ],
      }
    })
    .sort((a, b) => (a.defaultName < b.defaultName ? -1 : 1))
  return { _: 'help.countriesList', countries, hash: hashOf(countries) }
}

/** Digits after a calling code that several countries share. */
function prefixesOf(metadata: Metadata, iso2: CountryCode): { prefixes?: string[] } {
  metadata.selectNumberingPlan(iso2)
  const pattern = metadata.numberingPlan?.leadingDigits()
  // Without leading digits it is 0, whatever its type says.
  return pattern ? { prefixes: expandDigits(pattern) } : {}
}

/** Hash of a list. It is never 0, because clients without a list send that. */
function hashOf(countries: readonly help.country[]): number {
  return createHash('sha256').update(JSON.stringify(countries)).digest().readInt32LE() | 1
}
