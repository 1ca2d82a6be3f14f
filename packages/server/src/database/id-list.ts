/** Lists of ids in one parameter, for statements about any number of rows: engines differ in what they call an array. */

/**
 * SQL: the table of the ids in the parameter `:ids`, in a column `listed_id`. Each driver puts its engine's own form there,
 * because no portable one takes a time in proportion to the list.
 */
export const LISTED_IDS: string = 'LISTED_IDS(:ids)'

/** The forms of {@link LISTED_IDS}, by the sign of the parameters. */
const FORMS = {
  '?': "(SELECT value AS listed_id FROM json_each('[' || :ids || ']'))",
  $: "(SELECT unnest(CAST('{' || CAST(:ids AS TEXT) || '}' AS BIGINT[])) AS listed_id)",
} as const

/** The text of a statement with an engine's form of each list in it. */
export function withIdLists(text: string, sign: '?' | '$'): string {
  return text.replaceAll(LISTED_IDS, () => FORMS[sign])
}

/** The parameter `:ids` of {@link LISTED_IDS}. */
export function idList(ids: readonly (bigint | number)[]): string {
  return ids.join(',')
}
