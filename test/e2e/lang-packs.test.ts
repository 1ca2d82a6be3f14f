import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-packs-'))
after(() => rmSync(folder, { recursive: true }))
writeFileSync(
  join(folder, 'weba_en_v5.strings'),
  '"Cancel" = "Cancel"; "Days_one" = "a day"; "Days_other" = "days";',
)
writeFileSync(join(folder, 'weba_de_v3.strings'), '"Cancel" = "Abbrechen";')

/** The answers to a client of this app and language. */
async function ask(
  client: { langPack: string; langCode: string; systemLangCode: string },
  langPacks?: string,
) {
  await using server = await startServer({ store: 'memory', langPacks })
  const connection = new TelegramClient(memorySession(), { server: server.info, pfs: false, ...client })
  try {
    const config = await connection.help.getConfig({})
    const pack = await connection.langpack.getLangPack({
      langPack: '',
      langCode: config.suggestedLangCode ?? '',
    })
    const strings = await connection.langpack.getStrings({
      ...client,
      keys: ['Cancel', 'Login.ContinueOnLanguage'],
    })
    return { config, pack, strings }
  } finally {
    await connection.close()
  }
}

test('a server without language packs announces English and no texts', async () => {
  const { config, pack, strings } = await ask({ langPack: 'webk', langCode: 'ru', systemLangCode: 'ru-RU' })
  const { suggestedLangCode, langPackVersion, baseLangPackVersion } = config
  assert.deepEqual(
    { suggestedLangCode, langPackVersion, baseLangPackVersion },
    {
      suggestedLangCode: 'en',
      langPackVersion: 1,
      baseLangPackVersion: 1,
    },
  )
  assert.deepEqual([pack.version, pack.strings], [1, []])
  assert.deepEqual(
    strings.map(({ _ }) => _),
    ['langPackStringDeleted', 'langPackStringDeleted'],
  )
})

test('texts come from the folder, in the device language if available', async () => {
  const told = await ask({ langPack: 'weba', langCode: 'en', systemLangCode: 'de-AT' }, folder)
  assert.equal(told.config.suggestedLangCode, 'de')
  assert.deepEqual([told.config.langPackVersion, told.config.baseLangPackVersion], [5, 5])
  assert.deepEqual(told.pack.strings, [{ _: 'langPackString', key: 'Cancel', value: 'Abbrechen' }])
  assert.deepEqual(
    told.strings.map(({ _ }) => _),
    ['langPackString', 'langPackStringDeleted'],
  )
})

test('a difference has newer texts if any, and languages have their names', async () => {
  await using server = await startServer({ store: 'memory', langPacks: folder })
  const client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
  const difference = async (langCode: string, fromVersion: number) =>
    (await client.langpack.getDifference({ langPack: 'weba', langCode, fromVersion })).strings.length
  assert.deepEqual(
    [
      await difference('en', 0),
      await difference('en', 4),
      await difference('en', 5),
      await difference('xx', 0),
    ],
    [2, 2, 0, 0],
  )
  const languages = await client.langpack.getLanguages({ langPack: 'weba' })
  assert.deepEqual(
    languages.map(({ langCode, name, nativeName, stringsCount }) => [
      langCode,
      name,
      nativeName,
      stringsCount,
    ]),
    [
      ['de', 'German', 'Deutsch', 1],
      ['en', 'English', 'English', 2],
    ],
  )
  await client.close()
})

test('help.getAppConfig has the settings of logins and folders, and is not sent twice', async () => {
  await using server = await startServer({ store: 'memory' })
  const client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
  const told = await client.help.getAppConfig({ hash: 0 })
  assert.ok(told._ === 'help.appConfig' && told.config._ === 'jsonObject')
  const values = new Map(told.config.value.map(({ key, value }) => [key, value]))
  assert.deepEqual(values.get('settings_display_passkeys'), { _: 'jsonBool', value: true })
  assert.deepEqual(values.get('passkeys_account_passkeys_max'), { _: 'jsonNumber', value: 5 })
  assert.deepEqual(values.get('qr_login_code'), { _: 'jsonString', value: 'primary' })
  assert.deepEqual(values.get('dialog_filters_enabled'), { _: 'jsonBool', value: true })
  assert.deepEqual(values.get('dialog_filters_limit_default'), { _: 'jsonNumber', value: 10 })
  const again = await client.help.getAppConfig({ hash: told.hash })
  assert.equal(again._, 'help.appConfigNotModified')
  await client.close()
})
