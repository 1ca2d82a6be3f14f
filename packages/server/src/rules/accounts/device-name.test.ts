import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shownDevice } from './device-name.ts'

const GECKO = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const APPLE = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const WINDOWS = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT}`
const MAC = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT}`
const ANDROID = `Mozilla/5.0 (Linux; Android 14; K) ${WEBKIT}`
const IPHONE = `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${APPLE}`

const DEVICES: readonly (readonly [said: string, model: string, system: string])[] = [
  [`${MAC} Chrome/156.0.0.0 Safari/537.36`, 'Chrome 156', 'macOS'],
  [`${WINDOWS} Chrome/156.0.0.0 Safari/537.36`, 'Chrome 156', 'Windows'],
  [`${WINDOWS} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.1.2`, 'Edge 156', 'Windows'],
  [`${WINDOWS} Chrome/156.0.0.0 Safari/537.36 OPR/121.0.0.0`, 'Opera 121', 'Windows'],
  [`${WINDOWS} Chrome/140.0.0.0 YaBrowser/25.10.0.0 Safari/537.36`, 'Yandex Browser 25', 'Windows'],
  [GECKO, 'Firefox 145', 'Linux'],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36`,
    'Chrome 156',
    'ChromeOS',
  ],
  [`${ANDROID} Chrome/156.0.0.0 Mobile Safari/537.36`, 'Chrome 156', 'Android 14'],
  [
    `${ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
    'Samsung Internet 28',
    'Android 14',
  ],
  [
    `Mozilla/5.0 (Linux; Android 9; SM-G960F; wv) ${WEBKIT} Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36`,
    'Android WebView 120',
    'Android 9',
  ],
  [`${IPHONE} Version/17.4 Mobile/15E148 Safari/604.1`, 'Safari 17', 'iOS 17.4'],
  [`${IPHONE} CriOS/156.0.0.0 Mobile/15E148 Safari/604.1`, 'Chrome 156', 'iOS 17.4'],
  [`${IPHONE} FxiOS/145.0 Mobile/15E148 Safari/605.1.15`, 'Firefox 145', 'iOS 17.4'],
  [
    `Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) ${APPLE} Version/16.6 Mobile/15E148 Safari/604.1`,
    'Safari 16',
    'iPadOS 16.7',
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/18.1 Safari/605.1.15`,
    'Safari 18',
    'macOS',
  ],
  [`${WINDOWS} HeadlessChrome/156.0.0.0 Safari/537.36`, 'Chrome 156', 'Windows'],
  ['Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko', 'Internet Explorer 11', 'Windows'],
  ['Mozilla/5.0 (compatible; something)', 'Web browser', 'said'],
  ['iPhone 15 Pro', 'iPhone 15 Pro', 'said'],
  ['Mozilla', 'Mozilla', 'said'],
  ['x'.repeat(512), `${'x'.repeat(63)}…`, 'said'],
  ['🙂'.repeat(65), `${'🙂'.repeat(63)}…`, 'said'],
]

for (const [said, model, system] of DEVICES) {
  test(`a device is shown as ${model.slice(0, 20)} on ${system}: ${said.slice(0, 70)}`, () => {
    assert.deepEqual(shownDevice({ deviceModel: said, systemVersion: 'said' }), { model, system })
  })
}

test('a client that says nothing has an empty device name', () => {
  assert.deepEqual(shownDevice(undefined), { model: '', system: '' })
})
