import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { renderSettingsDoc, SETTINGS_DOC } from '../../../../scripts/settings-doc.ts'
import { createSettings } from '../rules/index.ts'
import { checkSettings } from './settings-option.ts'

/** These settings have their own options. */
const ELSEWHERE = ['dcs', 'cdn', 'passkeys', 'terms']

/** Limits that the box does not have. */
const OFF: readonly string[] = ['exchangeLimit', 'networkFailures', 'siteFailures']

test('every value of both presets can be set as an option', () => {
  for (const limits of ['box', 'strict'] as const) {
    const all = Object.entries(createSettings(limits)).filter(([name]) => !ELSEWHERE.includes(name))
    const json = JSON.parse(JSON.stringify(Object.fromEntries(all)))
    const checked = checkSettings(json)
    const unset = all.map(([name]) => name).filter((name) => !(name in checked) && !OFF.includes(name))
    assert.deepEqual(unset, [])
  }
})

test('one setting of a group is changed without the others', () => {
  const settings = checkSettings({ files: { accountMib: 5 }, password: { resetWhilePending: false } })
  const { files, password } = createSettings('box', settings)
  const usual = createSettings('box')
  assert.deepEqual(files, { ...usual.files, accountMib: 5 })
  assert.deepEqual(password, { ...usual.password, resetWhilePending: false })
})

test('an unknown or invalid setting is refused by name', () => {
  const { password } = createSettings()
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ codeLifeS: 1 }, /codeLifeS/],
    [{ codeLifetimeS: '300' }, /codeLifetimeS/],
    [{ maxAttempts: 0 }, /maxAttempts/],
    [{ maxAttempts: undefined }, /maxAttempts/],
    [{ failures: { max: 10 } }, /failures\.windowS/],
    [{ files: { accountMib: 0 } }, /files\.accountMib/],
    [{ files: { accountMiB: 1 } }, /files\.accountMiB/],
    [{ sendLimits: [{ scope: 'phones', max: 1, windowS: 1 }] }, /sendLimits\.0\.scope/],
    [{ channels: [] }, /channels/],
    [{ channels: ['sms', 'app'] }, /channels/],
    [{ channels: ['payment', 'sms'] }, /channels/],
    [{ codePrice: { ...createSettings().codePrice, amount: 0 } }, /codePrice\.amount/],
    [
      { password: { ...password, emailCode: { ...password.emailCode, length: 10 } } },
      /password\.emailCode\.length/,
    ],
    [{ phoneInvalidCode: 404 }, /phoneInvalidCode/],
  ]
  for (const [settings, name] of wrong) {
    assert.throws(() => checkSettings(settings as object), { code: 'SETTING_INVALID', message: name })
  }
})

test('site/guides/settings.md lists the settings as they are', () => {
  assert.equal(readFileSync(SETTINGS_DOC, 'utf8'), renderSettingsDoc(), 'run: node scripts/settings-doc.ts')
})
