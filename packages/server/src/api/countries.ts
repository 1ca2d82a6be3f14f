import { createHash } from 'node:crypto'
import type { help } from '@cablegram/tl/api'
import { type CountryCode, getCountries, getCountryCallingCode, Metadata } from 'libphonenumber-js/min'
import { expandDigits } from './digit-pattern.ts'
import { constantAnswer } from './handler.ts'

/** By language, the longest unused first. Regions and scripts that a client adds to a language do not count. */
const lists = new Map<string, help.countriesList>()
/** A list has 250 names, and Intl knows some 200 languages. */
const MAX_LISTS = 64

/** The countries of the world by their English names, and with their names in `langCode` where it is another language. */
export function countriesList(langCode: string): help.countriesList {
  const language = knownLanguage(langCode)
  const list = lists.get(language) ?? constantAnswer(makeList(language))
  lists.delete(language)
  lists.set(language, list)
  const [longestUnused] = lists.keys()
  if (longestUnused !== undefined && lists.size > MAX_LISTS) lists.delete(longestUnused)
  return list
}

/** `langCode` where names in it are known; else English. */
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

/** The digits after a calling code that several countries share. */
function prefixesOf(metadata: Metadata, iso2: CountryCode): { prefixes?: string[] } {
  metadata.selectNumberingPlan(iso2)
  const pattern = metadata.numberingPlan?.leadingDigits()
  // Without leading digits it is 0, whatever its type says.
  return pattern ? { prefixes: expandDigits(pattern) } : {}
}

/** Not 0, which is what clients send that have no list. */
function hashOf(countries: readonly help.country[]): number {
  return createHash('sha256').update(JSON.stringify(countries)).digest().readInt32LE() | 1
}
