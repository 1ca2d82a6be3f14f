/**
 * `.ci/run [TITLE…]`: runs everything that must pass before a change lands, or the steps with these titles and what they need.
 * Two steps run at once, and a patient one in the time that they leave (docs/adr/0039-suite.md). The tests come last and alone. Behind the closing lines of
 * Node's test runner the output ends with the reasons why other steps failed.
 */
import { spawnSync } from 'node:child_process'
import { runSteps, type Step, StepRunner, summaryOf, tableOf } from './steps.ts'

const AT_ONCE = 2
const TESTS = 'tests'
/** Steps that run files of the suite in their long form, or with everything logged. */
const RUNS_FILES = { 'long forms of tests': 'long', secrets: 'secrets' } as const
/**
 * The compilers of Go and TypeScript are programs in Go, which collect garbage for a fifth of their time. The largest package
 * takes 2.4 GB this way.
 */
process.env['GOGC'] ??= '400'
const QUIETLY = '--ignore-scripts --no-audit --no-fund --loglevel=error'

/** The longest come first: a long step at the end would run alone. */
const STEPS: readonly Step[] = [
  {
    title: 'programs',
    command: '.ci/programs postgresql redis-server chromium python3-telethon',
    downloads: true,
  },
  // With all of the site's packages, so that no step installs others later.
  {
    title: 'build',
    command: `npm ci --prefix site ${QUIETLY} && npm run --silent build && node setup.mjs scripts/install-built.ts`,
  },
  // Compiling gotd takes minutes.
  { title: 'libraries of others', command: 'node setup.mjs interop/prepare.ts' },
  { title: 'check', command: 'npm run --silent check' },
  {
    title: 'interop',
    command: 'CABLEGRAM_BUILT=1 .ci/interop',
    after: ['programs', 'build', 'libraries of others'],
  },
  {
    title: 'packages and projects of strangers',
    command: 'CABLEGRAM_BUILT=1 npm run --silent test:install',
    after: ['build', 'libraries of others'],
    patient: true,
  },
  { title: 'engines', command: 'CABLEGRAM_BUILT=1 .ci/engines', after: ['programs', 'build'] },
  {
    title: 'long forms of tests',
    command: 'CABLEGRAM_BUILT=1 npm run --silent test:long',
    after: ['build'],
  },
  {
    title: 'browser',
    command: 'CABLEGRAM_BUILT=1 npm run --silent test:browser',
    after: ['programs', 'build'],
  },
  { title: 'reference', command: 'npm run --silent test:site', after: ['build'] },
  { title: 'secrets', command: 'npm run --silent test:secrets' },
  { title: 'soak', command: 'npm run --silent soak -- --minutes 1', patient: true },
  { title: 'pictures', command: 'npm run --silent test:pictures' },
  { title: 'files on S3', command: 'npm run --silent test:s3' },
  { title: 'codemod', command: 'npm run --silent test:codemod', patient: true },
  { title: 'OpenAPI', command: 'npm run --silent test:openapi' },
]

async function main(asked: readonly string[]): Promise<number> {
  const titles = [...STEPS.map(({ title }) => title), TESTS]
  const unknown = asked.filter((title) => !titles.includes(title))
  if (unknown.length > 0) {
    process.stderr.write(`no such step: ${unknown.join(', ')}. The steps are: ${titles.join(', ')}\n`)
    return 2
  }
  const wanted = new Set([
    ...asked,
    ...STEPS.flatMap(({ title, after = [] }) => (asked.includes(title) ? after : [])),
  ])
  const isAsked = (title: string): boolean => wanted.size === 0 || wanted.has(title)
  const runner = new StepRunner((text) => void process.stdout.write(text))
  const failed = [...(await runBeside(isAsked, runner))]
  if (isAsked(TESTS) && !runner.isStopped && !testsPass(hasRun(runner))) failed.push(TESTS)
  process.stdout.write(summaryOf(runner.reasons))
  if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join(', ')}\n`)
  return failed.length > 0 ? 1 : 0
}

async function runBeside(
  isAsked: (title: string) => boolean,
  runner: StepRunner,
): Promise<readonly string[]> {
  const steps = STEPS.filter(({ title }) => isAsked(title))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A second one ends this process as usual.
    process.once(signal, () => runner.stop(signal))
  }
  const failed = await runSteps(steps, AT_ONCE, (step) => runner.run(step))
  process.stdout.write(`\n${tableOf(runner.took)}`)
  runner.close()
  return failed
}

/** The steps of this run that have passed with files of the suite: these files need not run again. */
function hasRun({ took, reasons }: StepRunner): string {
  const passed = Object.entries(RUNS_FILES).filter(([title]) => took.has(title) && !reasons.has(title))
  return passed.map(([, name]) => name).join(',')
}

function testsPass(hasRun: string): boolean {
  process.stdout.write(`\n==== ${TESTS}: CABLEGRAM_HAS_RUN=${hasRun} npm test\n`)
  const env = { ...process.env, CABLEGRAM_HAS_RUN: hasRun }
  return spawnSync('npm', ['test', '--silent'], { env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

process.exitCode = await main(process.argv.slice(2))
