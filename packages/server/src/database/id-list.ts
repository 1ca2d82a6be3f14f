/** Lists of ids in one parameter, for statements about any number of rows: engines differ in what they call an array. */

/** Characters of an id in a list: the smallest 64-bit integer takes all of them. */
const WIDTH = 20
const TEXT = 'CAST(:ids AS TEXT)'

/** SQL: the table of the ids in the parameter `:ids`, in a column `listed_id`. */
export const LISTED_IDS: string = `(
  WITH RECURSIVE places (n) AS (
    SELECT 0 WHERE length(${TEXT}) > 0
    UNION ALL SELECT n + 1 FROM places WHERE (n + 2) * ${WIDTH} <= length(${TEXT})
  ) SELECT CAST(substr(${TEXT}, n * ${WIDTH} + 1, ${WIDTH}) AS BIGINT) AS listed_id FROM places)`

/** The parameter `:ids` of {@link LISTED_IDS}. */
export function idList(ids: readonly (bigint | number)[]): string {
  return ids.map(padded).join('')
}

function padded(id: bigint | number): string {
  const digits = String(id)
  return id < 0 ? `-${digits.slice(1).padStart(WIDTH - 1, '0')}` : digits.padStart(WIDTH, '0')
}
