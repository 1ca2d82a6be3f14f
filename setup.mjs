// node setup.mjs FILE [ARGUMENT…]
//
// Installs what is missing, then runs FILE under the Node that this repository pins. It is plain JavaScript
// for Node 18, because it runs before anything is installed; `npm start` and `npm test` begin here.
//
// `npm start` and programs of users do not need the linter and the test tools, so a first start downloads no development
// packages. The first command of a developer adds them, beside a server that may be running from the same folder.
//
// FILE is run by the pinned Node's path and not by the name `node`: a shell that has already looked that
// name up keeps the old one, so `node setup.mjs && node FILE` would fail on the first run only.
import { spawn } from 'node:child_process'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const modules = join(root, 'node_modules')
const lockPath = join(root, '.setup.lock')
/**
 * V8 lets the young generation of the server grow to 96 MiB under load, of which 24 are enough: docs/adr/0061-young-generation.md.
 */
const SERVER_FLAGS = ['--max-semi-space-size=8']
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const PRODUCT = 'packages/cli/bin/cablegram.js'
/** Folders whose programs need the linter, the compiler or the test tools. */
const DEVELOPMENT = ['bench', 'interop', 'packages', 'scripts', 'site', 'test']
const file = process.argv[2]
const needsDevelopment = isForDevelopers(file)
if (file === undefined)
  fail('name the file to run: node setup.mjs FILE, or node setup.mjs --test FILE for a test.')

if (!isInStep(needsDevelopment)) {
  if (showHelp(process.argv.slice(2))) process.exit(0)
  takeLock()
  try {
    if (!isInStep(needsDevelopment)) await install()
  } finally {
    rmSync(lockPath, { force: true })
  }
}
// Not before: it may be the program of a package.
if (!file.startsWith('-') && !existsSync(file)) fail(`there is no file ${file}.`)
run(pinnedNode() ?? ownNode(), process.argv.slice(2))

function isForDevelopers(file) {
  if (file === undefined || file.startsWith('-')) return file === '--test'
  return DEVELOPMENT.includes(pathInRoot(file)[0]) && !isProduct(file)
}

function isProduct(file) {
  return file !== undefined && pathInRoot(file).join('/') === PRODUCT
}

function pathInRoot(file) {
  return relative(root, resolve(file)).split(sep)
}

/** Whether node_modules holds what package-lock.json asks for: npm keeps a lock file of what it installed. */
function isInStep(withDevelopment) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {}
  const present = installedPackages()
  if (present === undefined) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true
    if ((entry.dev ?? entry.devOptional) === true && !withDevelopment) return true
    const found = present[path]
    // An optional package is for one platform only; the others' absence is as it should be.
    if (found === undefined) return entry.optional === true
    return found.version === entry.version && found.link === entry.link
  })
}

function installedPackages() {
  return readJson(join(modules, '.package-lock.json'))?.packages
}

/** Prints the help of the server, which needs nothing installed. @returns whether it was asked for */
function showHelp([file, command, ...options]) {
  const isWanted = options.includes('--help') || options.includes('-h')
  if (!isProduct(file) || command !== 'serve' || !isWanted) return false
  process.stdout.write(readText(join(root, 'packages/cli/serve-help.txt')))
  return true
}

/**
 * What npm is told. `npm ci` empties node_modules first, so where only development packages are missing `npm install`
 * adds them, and a developer's folder keeps them after an update. The compiler is an optional peer of a package of the
 * server, so npm would leave it out only if peers do not count.
 */
function npmArguments() {
  const present = installedPackages()
  if (present !== undefined && isInStep(false)) return ['install', '--no-save', '--include=dev']
  const hadDevelopment = Object.values(present ?? {}).some((entry) => entry.dev === true)
  if (needsDevelopment || hadDevelopment) return ['ci', '--include=dev']
  return ['ci', '--omit=dev', '--legacy-peer-deps']
}

async function install() {
  const command = npmArguments()
  const startedMs = Date.now()
  const npm = process.env.npm_execpath
  const options = { cwd: root, stdio: ['ignore', 2, 2] }
  // Without --loglevel npm warns once per package that its own Node is older than ours.
  const args = [...command, '--no-audit', '--no-fund', '--loglevel=error']
  const child = npm
    ? spawn(process.env.npm_node_execpath ?? process.execPath, [npm, ...args], options)
    : spawn('npm', args, { ...options, shell: process.platform === 'win32' })
  // The lock is held until npm has ended: the next command would collide with what it still writes.
  const ending = []
  const end = (signal) => {
    ending.push(signal)
    child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, end)
  say(`installing what is missing (npm ${command[0]}), half a minute or so …`)
  const progress = setInterval(() => sayProgress(startedMs), 10_000)
  const status = await new Promise((done) => {
    child.on('error', () => done(undefined))
    child.on('exit', done)
  })
  clearInterval(progress)
  for (const signal of SIGNALS) process.off(signal, end)
  if (status !== 0 || ending.length > 0) {
    rmSync(lockPath, { force: true })
    if (ending.length > 0) process.exit(128 + constants.signals[ending[0]])
    fail('npm failed; its messages are above. Check the network and run the same command again.')
  }
  say(`installed in ${Math.round((Date.now() - startedMs) / 1000)} s`)
}

/** A slow network takes minutes, and npm says nothing meanwhile. */
function sayProgress(startedMs) {
  const wanted = wantedPackages()
  const missing = wanted.filter((path) => !existsSync(join(root, path, 'package.json')))
  const names = missing.slice(0, 3).map((path) => path.slice('node_modules/'.length))
  const rest =
    missing.length === 0
      ? 'npm is finishing'
      : `npm is loading ${names.join(', ')}${missing.length > 3 ? ', …' : ''}`
  const seconds = Math.round((Date.now() - startedMs) / 1000)
  say(`${seconds} s: ${wanted.length - missing.length} of ${wanted.length} packages are here; ${rest}`)
}

/** The folders of the packages for this machine. */
function wantedPackages() {
  const isFor = (list, own) => list === undefined || list.includes(own)
  return (
    Object.entries(readJson(join(root, 'package-lock.json')).packages)
      .filter(([path, entry]) => path.startsWith('node_modules/') && entry.link !== true)
      .filter(([, entry]) => needsDevelopment || (entry.dev ?? entry.devOptional) !== true)
      // The compiler's own parts are not marked as its.
      .filter(([path]) => needsDevelopment || !path.startsWith('node_modules/@typescript/'))
      .filter(
        ([, { os, cpu, libc }]) =>
          isFor(os, process.platform) && isFor(cpu, process.arch) && libc === undefined,
      )
      .map(([path]) => path)
  )
}

/** Waits while another `npm start` or `npm test` is installing: two at once would delete each other's work. */
function takeLock() {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let said = false; ; ) {
    if (linkLock()) return
    if (!isAlive(Number(readText(lockPath)))) rmSync(lockPath, { force: true })
    else if (!said) {
      say('another command is installing; waiting for it …')
      said = true
    }
    Atomics.wait(pause, 0, 0, 300)
  }
}

/** The lock appears with its owner's pid in it or not at all: a link to a written file, never an empty file. */
function linkLock() {
  const own = `${lockPath}.${process.pid}`
  try {
    writeFileSync(own, String(process.pid))
    linkSync(own, lockPath)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    return fail(`cannot write ${lockPath}: ${error.message}`)
  } finally {
    rmSync(own, { force: true })
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function pinnedNode() {
  const names = Object.keys(readJson(join(root, 'package.json')).optionalDependencies)
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  return names.map((name) => join(modules, name, 'bin', file)).find((path) => existsSync(path))
}

/** The Node this runs on, where npm has none for the platform. */
function ownNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath
  return fail(
    `needs Node 22.18 or later; this is ${process.versions.node}, and npm has no newer one for ` +
      `${process.platform}-${process.arch}. Install Node 24 from https://nodejs.org and run the same command again.`,
  )
}

function run(node, args) {
  const path = [join(modules, '.bin'), process.env.PATH].join(delimiter)
  // Node keeps what it compiled: a process of many TypeScript files starts in a third of the time.
  const cache = process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'compile')
  const env = { ...process.env, PATH: path, NODE_COMPILE_CACHE: cache }
  // A server must not outlive this process, however it ends: the channel between them closes with it.
  if (isProduct(args[0])) env.CABLEGRAM_ENDS_WITH_PARENT = '1'
  const stdio = isProduct(args[0]) ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit'
  const flags = isProduct(args[0]) ? SERVER_FLAGS : []
  const child = spawn(node, [...flags, ...args], { stdio, env })
  // A terminal sends Ctrl-C to the child as well, and npm sends it to us once more: what the child has already
  // heard must not hit it again while it exits, so it is passed on only to a child that is still there.
  for (const signal of SIGNALS) {
    process.on(signal, () => setTimeout(() => child.kill(signal), 100))
  }
  child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function readJson(path) {
  const text = readText(path)
  return text === '' ? undefined : JSON.parse(text)
}

function say(text) {
  process.stderr.write(`cablegram: ${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(1)
}
