import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkClientFloor } from './client-floor.ts'

const REFUSED = { code: 406, message: 'UPDATE_APP_TO_LOGIN' }

function check(
  client: { layer?: number; appVersion?: string },
  floor: { minLayer?: number; minAppVersion?: string },
  minLayer = 0,
): void {
  const app = { minLayer: undefined, minAppVersion: undefined, ...floor }
  checkClientFloor({ layer: 228, appVersion: '', ...client }, app, { minLayer })
}

test('the minimum version of the app takes precedence over that of the server', () => {
  check({ layer: 200 }, { minLayer: 200 }, 210)
  assert.throws(() => check({ layer: 199 }, { minLayer: 200 }), REFUSED)
  assert.throws(() => check({ layer: 209 }, {}, 210), REFUSED)
  assert.throws(() => checkClientFloor({ layer: 209, appVersion: '' }, undefined, { minLayer: 210 }), REFUSED)
})

test('versions are compared by their numbers', () => {
  for (const appVersion of ['10.14', '10.14.0', '10.14.1 (beta)', '11', 'v10.20', '10.14.0.1']) {
    check({ appVersion }, { minAppVersion: '10.14' })
  }
  for (const appVersion of ['9.99', '10.9', '10', '10.13.99', '', 'beta']) {
    assert.throws(() => check({ appVersion }, { minAppVersion: '10.14' }), REFUSED, appVersion)
  }
  check({ appVersion: '' }, {})
  assert.throws(() => check({ appVersion: '' }, { minAppVersion: '0' }), REFUSED)
})
