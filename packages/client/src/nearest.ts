/** The candidate that a misspelt word most likely meant: by edits, if it is near at all. */
export function nearest<Word extends string>(wrong: string, candidates: Iterable<Word>): Word | undefined {
  const typed = wrong.toLowerCase()
  let best: Word | undefined
  // A third of a short word may be wrong, of a long one at most three letters.
  let bestEdits = Math.min(Math.ceil(typed.length / 3), 3) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - typed.length) >= bestEdits) continue
    const edits = editDistance(candidate.toLowerCase(), typed)
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits]
  }
  return best
}

/** Levenshtein's distance, with two neighbours that changed places as one edit. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : change
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
