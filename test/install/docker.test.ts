/**
 * The Dockerfile, the compose file and the workflow. No container engine runs here: the files are parsed,
 * and the Dockerfile's commands run in an empty folder that stands for the root of the image.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../e2e/free-port.ts'

interface Instruction {
  readonly name: string
  readonly arguments: string
}
/** The parts of the parsers that this test uses; this repository does not install them. */
interface Parsers {
  readonly dockerfile: { parse(text: string): { getInstructions(): ParsedInstruction[] } }
  readonly yaml: { parse(text: string, options?: object): Workflow & Compose }
}
interface ParsedInstruction {
  getKeyword(): string
  getRawArgumentsContent(): string | null
}
interface Workflow {
  readonly on: readonly string[]
  readonly jobs: Record<string, { steps: { uses?: string; run?: string }[] }>
}
interface Compose {
  readonly services: Record<string, { build: string; ports: string[]; volumes: string[]; user?: string }>
  readonly volumes: Record<string, unknown>
}

const here = dirname(fileURLToPath(import.meta.url))
const repository = join(here, '../..')
const require = createRequire(import.meta.url)
const parsers: Parsers = {
  dockerfile: require('dockerfile-ast').DockerfileParser,
  yaml: require('yaml'),
}
const image = mkdtempSync(join(tmpdir(), 'cablegram-image-'))
after(() => rmSync(image, { recursive: true, force: true }))

const instructions: Instruction[] = parsers.dockerfile
  .parse(readFileSync(join(repository, 'Dockerfile'), 'utf8'))
  .getInstructions()
  .map((each) => ({ name: each.getKeyword(), arguments: each.getRawArgumentsContent() ?? '' }))
const secondStage = instructions.findLastIndex(({ name }) => name === 'FROM')

function all(name: string): string[] {
  return instructions
    .slice(secondStage)
    .filter((each) => each.name === name)
    .map((each) => each.arguments)
}

/** The same command with a folder as the image's root. */
function inImage(command: string): string {
  return command
    .replaceAll(/(?<=[ "'=]|^)\/(packed|data|app|src)\b/g, `${image}/$1`)
    .replaceAll('node:node', `${process.getuid?.()}:${process.getgid?.()}`)
}

test('the image does not run as root, keeps its data in a volume, and has a health check', () => {
  assert.deepEqual(all('USER'), ['node'])
  assert.deepEqual(all('VOLUME'), ['/data'])
  assert.deepEqual(all('EXPOSE'), ['10443 10081'])
  assert.deepEqual(all('STOPSIGNAL'), ['SIGTERM'])
  assert.equal(all('HEALTHCHECK').length, 1)
  assert.ok(
    instructions
      .filter(({ name }) => name === 'FROM')
      .every((each) => /^node:24-slim( AS build)?$/.test(each.arguments)),
  )
})

/** Puts what was built here into a clone, so that `npm run pack` does not build again. `run.ts` has built it from the same files. */
function copyBuilt(clone: string): void {
  for (const dist of globSync('packages/*/dist', { cwd: repository }))
    cpSync(join(repository, dist), join(clone, dist), { recursive: true })
}

test('the steps of the Dockerfile run in an empty folder', { timeout: 600_000 }, () => {
  // The commands clean npm's cache, which must not be that of this machine: a copy of it, so that nothing comes twice.
  const cache = join(image, 'cache')
  const ownCache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim()
  if (existsSync(ownCache)) cpSync(ownCache, cache, { recursive: true })
  const env = { ...process.env, npm_config_cache: cache, CABLEGRAM_BUILT: '1' }
  let cwd = image
  for (const { name, arguments: text } of instructions) {
    if (name === 'WORKDIR') {
      cwd = inImage(text)
      mkdirSync(cwd, { recursive: true })
    } else if (name === 'COPY' && text === '. .') {
      execFileSync('git', ['clone', '--quiet', repository, cwd])
      copyBuilt(cwd)
    } else if (name === 'COPY') {
      const [, from, to] = /^(\S+) (\S+)$/.exec(text) ?? assert.fail(text)
      // The stages share one folder here, so nothing is copied; the path has to be the same.
      assert.equal(from, to)
      assert.ok(existsSync(inImage(from ?? '')))
    } else if (name === 'RUN') {
      execFileSync('sh', ['-c', inImage(text)], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] })
    }
  }
  assert.ok(existsSync(join(image, 'app/node_modules/cablegram/bin/cablegram.js')))
})

test('the started image is healthy, keeps a file in the volume, and stops at SIGTERM', {
  timeout: 600_000,
}, async () => {
  const [entry = '[]'] = all('ENTRYPOINT')
  const [options = '[]'] = all('CMD')
  const [port, consolePort] = [await freePort(), await freePort()]
  const command: string[] = [...JSON.parse(entry), ...JSON.parse(options)].map(inImage)
  const [program = '', ...args] = [...command, '--port', `${port}`, '--console-port', `${consolePort}`]
  const env = { ...process.env, CABLEGRAM_CONSOLE_TOKEN: 'test-token' }
  const server = spawn(program, args, { cwd: join(image, 'app'), env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(server.stdout, 'data')
  const [health = ''] = all('HEALTHCHECK')
  const check: string[] = JSON.parse(/CMD (\[.*\])$/.exec(health)?.[1] ?? '[]')
  const [node = '', ...script] = check.map((part) => part.replace('10081', `${consolePort}`))
  assert.equal(spawnSync(node, script).status, 0, 'healthy')
  const console = `http://127.0.0.1:${consolePort}`
  assert.equal((await fetch(`${console}/api/codes`)).status, 401)
  const headers = { authorization: 'Bearer test-token' }
  assert.equal((await fetch(`${console}/api/codes`, { headers })).status, 200)
  assert.ok(existsSync(join(image, 'data/cablegram.db')))
  server.kill('SIGTERM')
  assert.deepEqual(await once(server, 'exit'), [0, null])
  assert.notEqual(spawnSync(node, script).status, 0, 'not healthy once stopped')
})

test('the compose file builds the Dockerfile and publishes its ports on loopback', () => {
  const compose = parsers.yaml.parse(readFileSync(join(repository, 'compose.yaml'), 'utf8'), { strict: true })
  const { cablegram } = compose.services
  assert.equal(cablegram?.build, '.')
  assert.deepEqual(cablegram?.ports, ['127.0.0.1:10443:10443', '127.0.0.1:10081:10081'])
  const [volume = ''] = cablegram?.volumes ?? []
  assert.deepEqual(volume.split(':'), ['cablegram-data', '/data'])
  assert.deepEqual(Object.keys(compose.volumes), ['cablegram-data'])
})

test('the example workflow is valid, and its script starts the server', { timeout: 600_000 }, async () => {
  const text = readFileSync(join(repository, 'examples/ci/github-actions.yml'), 'utf8')
  const { on, jobs } = parsers.yaml.parse(text, { strict: true, version: '1.2' })
  assert.deepEqual(on, ['push', 'pull_request'])
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  assert.ok(steps.every(({ uses, run }) => (uses === undefined) !== (run === undefined)))
  assert.ok(steps.every(({ uses }) => uses === undefined || /^actions\/[\w-]+@v\d+$/.test(uses)))
  const script = steps.find(({ run }) => run?.includes('cablegram serve'))?.run ?? ''
  const [port, consolePort] = [await freePort(), await freePort()]
  const here = script
    .replace('--memory', `--memory --port ${port} --console-port ${consolePort}`)
    .replaceAll('127.0.0.1:10081', `127.0.0.1:${consolePort}`)
    .replace('cablegram.log 2>&1 &', 'cablegram.log 2>&1 & echo $! > cablegram.pid')
    .replace('npx cablegram', `exec node ${join(image, 'app/node_modules/cablegram/bin/cablegram.js')}`)
  cpSync(join(image, 'app/package.json'), join(image, 'package.json'))
  execFileSync('sh', ['-c', here], { cwd: image, stdio: ['ignore', 'ignore', 'inherit'] })
  process.kill(Number(readFileSync(join(image, 'cablegram.pid'), 'utf8')))
  const server = JSON.parse(readFileSync(join(image, 'server.json'), 'utf8'))
  assert.equal(server.dcs[0].port, port)
})
