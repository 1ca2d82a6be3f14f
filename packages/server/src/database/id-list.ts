/** Lists of ids and names in one parameter, for statements about any number of rows: engines differ in what they call an array. */

/**
 * SQL: the table of the ids in the parameter `:ids`, in a column `listed_id`. Each driver puts its engine's own form there,
 * because no portable one takes a time in proportion to the list.
 */
export const LISTED_IDS: string = 'LISTED_IDS(:ids)'

/** SQL: the same for the names in the parameter `:names`, in a column `listed_name`. */
export const LISTED_NAMES: string = 'LISTED_NAMES(:names)'

/** The forms of {@link LISTED_IDS} and {@link LISTED_NAMES}, by the sign of the parameters. */
const FORMS = {
  '?': {
    ids: "(SELECT value AS listed_id FROM json_each('[' || :ids || ']'))",
    names: "(SELECT value AS listed_name FROM json_each('[\"' || replace(:names, ',', '\",\"') || '\"]'))",
  },
  $: {
    ids: "(SELECT unnest(CAST('{' || CAST(:ids AS TEXT) || '}' AS BIGINT[])) AS listed_id)",
    names: "(SELECT unnest(string_to_array(CAST(:names AS TEXT), ',')) AS listed_name)",
  },
} as const

/** The text of a statement with an engine's form of each list in it. */
export function withIdLists(text: string, sign: '?' | '$'): string {
  return text.replaceAll(LISTED_IDS, () => FORMS[sign].ids).replaceAll(LISTED_NAMES, () => FORMS[sign].names)
}

/** The parameter `:ids` of {@link LISTED_IDS}. */
export function idList(ids: readonly (bigint | number)[]): string {
  return ids.join(',')
}

/** The parameter `:names` of {@link LISTED_NAMES}: at least one name, of letters and digits. */
export function nameList(names: readonly string[]): string {
  return names.join(',')
}
