/**
 * `npm run fuzz -- [TARGET…] [--runs N] [--seconds S] [--seed S] [--plain]`: gives every target (or those
 * named) inputs near those of its corpus, and keeps the ones that reach new code. The same seed gives the
 * same inputs as long as corpus and code are the same. `--plain` works without coverage, several times as
 * fast.
 *
 * A find ends the run: a foreign error, a hang, growth. It is kept in the corpus as `find-…`.
 */
import { parseArgs } from 'node:util'
import { fuzz } from './run.ts'
import { TARGETS } from './targets/index.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    plain: { type: 'boolean', default: false },
  },
})
const known = TARGETS.map(({ name }) => name)
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`unknown target ${unknown.join(', ')}; the targets are ${known.join(', ')}\n`)
  process.exit(2)
}
const chosen = positionals.length > 0 ? TARGETS.filter(({ name }) => positionals.includes(name)) : TARGETS
for (const target of chosen) {
  const seconds = Number(values.seconds) || Number.POSITIVE_INFINITY
  const report = await fuzz(target, {
    runs: Number(values.runs),
    seconds,
    seed: Number(values.seed),
    isGuided: !values.plain,
  })
  process.stdout.write(`${report}\n`)
}
