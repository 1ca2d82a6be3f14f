import type { Model } from '../model/model.ts'
import { pagePaths } from '../render/index.ts'
import { countsOf } from './report.ts'

/** The part of the README that the script writes: its first mark, the table, its second mark. */
export const README_PART = /(<!-- counts of the reference -->)\n([\s\S]*?)\n(<!-- end of the counts -->)/

/**
 * What the reference has, beside MadelineProto's, whose pages were counted in March 2026: its generator has code for errors
 * and Lua, and no page shows either.
 */
export function countsTable(model: Model): string {
  const counts = countsOf(model)
  const { executed } = counts
  const rows = [
    ['pages of methods', counts.methods, 757],
    ['pages in all', pagePaths(model).length, ''],
    ['methods with an error table', counts.methodsWithErrors, 0],
    ['rows of errors with cause and advice', `${counts.errorRowsWithAdvice} of ${counts.errorRows}`, 0],
    ['methods with an example in Lua', counts.inLua, 0],
    [
      'examples that the tests execute: TypeScript, Lua, command line',
      `${executed.typescript}, ${executed.lua}, ${executed.command}`,
      0,
    ],
    ['wrong rows in the column "Required"', 0, '904 of 1,892'],
  ]
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`)
  return ['| | here | MadelineProto |', '|---|---|---|', ...lines].join('\n')
}
