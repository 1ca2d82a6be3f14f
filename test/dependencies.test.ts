import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { published } from '../scripts/published.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The packages that the manifests of this repository ask npm for, by their real names. */
function wanted(): string[] {
  const manifests = globSync(
    ['package.json', '*/package.json', 'packages/**/package.json', 'test/*/package.json'],
    {
      cwd: root,
      exclude: (path) => /(^|[\\/])(node_modules|dist)$/.test(path),
    },
  )
  assert.ok(manifests.length >= 7)
  const names = manifests.flatMap((file) => {
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'))
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'optionalPeers', 'overrides']
    return kinds.flatMap((kind) => Object.entries<string>(manifest[kind] ?? {}).map(realName))
  })
  return [...new Set(names)].filter((name) => !name.startsWith('@cablegram/')).sort()
}

/** `"api-198": "npm:telegram@2.26.22"` asks for telegram. */
function realName([name, version]: [string, string]): string {
  return /^npm:(@?[^@]+)@/.exec(version)?.[1] ?? name
}

test('DEPENDENCIES.md gives a reason for exactly the dependencies there are', () => {
  const lines = readFileSync(join(root, 'DEPENDENCIES.md'), 'utf8').split('\n')
  const rows = lines
    .map((line) => /^\| `([^`]+)` \| \S.* \|$/.exec(line)?.[1])
    .filter((name) => name !== undefined)
  assert.deepEqual(rows.toSorted(), wanted())
})

test('the product installs no package that only some options need', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const peers = ['server', 'cli'].flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
    return Object.keys(manifest.optionalPeers)
  })
  for (const name of new Set(peers)) assert.ok(packages[`node_modules/${name}`]?.dev ?? true, name)
})

test('the published client needs no package but those of Cablegram, and runs nothing when it is installed', () => {
  for (const name of ['tl', 'mtproto', 'client']) {
    const folder = join(root, 'packages', name)
    const manifest = published(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')), folder)
    const kinds = ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']
    const needed = kinds.flatMap((kind) => Object.keys(Object(manifest[kind])))
    assert.deepEqual(
      needed.filter((other) => !other.startsWith('@cablegram/')),
      [],
      name,
    )
    assert.equal(manifest['scripts'], undefined, name)
  }
})
