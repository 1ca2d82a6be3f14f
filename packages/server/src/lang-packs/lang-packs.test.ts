import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { type LangPacks, readLangPacks } from './index.ts'
import { parseStrings, parseXml } from './parse.ts'

const STRINGS: readonly (readonly [name: string, text: string, found: Record<string, string>])[] = [
  ['a text', '"Cancel" = "Abbrechen";', { Cancel: 'Abbrechen' }],
  ['quotes and breaks', String.raw`"a" = "say \"hi\"\nnow";`, { a: 'say "hi"\nnow' }],
  ['a backslash', String.raw`"a" = "C:\\n";`, { a: String.raw`C:\n` }],
  ['hexadecimal', String.raw`"a" = "\u00e4\U00E4";`, { a: 'ää' }],
  ['comments', '/* "no" = "no"; */\n// "no" = "no";\n"a" = "https://t.me"; // x', { a: 'https://t.me' }],
  ['a text over two lines', '"a" = "one\ntwo";', { a: 'one\ntwo' }],
  ['a semicolon and a sign', '"a=b" = "c; d = e";', { 'a=b': 'c; d = e' }],
  ['an empty text', '"a" = "";', { a: '' }],
  ['no blanks', '"a"="b";"c"="d";', { a: 'b', c: 'd' }],
  ['a value that is not a string', 'a = b;\n"a" "b"', {}],
]

for (const [name, text, found] of STRINGS) {
  test(`.strings: ${name}`, () => assert.deepEqual(Object.fromEntries(parseStrings(text)), found))
}

const XML: readonly (readonly [name: string, text: string, found: Record<string, string>])[] = [
  ['a text', '<string name="Cancel">Abbrechen</string>', { Cancel: 'Abbrechen' }],
  ['entities', '<string name="a">&lt;b&gt; &amp;amp; &#228;&#xe4;</string>', { a: '<b> &amp; ää' }],
  ['escapes', String.raw`<string name="a">it\'s\n\u00e4</string>`, { a: "it's\nä" }],
  ['CDATA', '<string name="a"><![CDATA[<b>&amp;</b>]]></string>', { a: '<b>&amp;</b>' }],
  ['comments', '<!-- <string name="no">no</string> --><string name="a">b</string>', { a: 'b' }],
  ['another attribute first', '<string translatable="false" name="a">b</string>', { a: 'b' }],
]

for (const [name, text, found] of XML) {
  test(`XML: ${name}`, () => assert.deepEqual(Object.fromEntries(parseXml(text)), found))
}

/** The packs of a folder with these files. */
function packsOf(files: Readonly<Record<string, string>>): LangPacks {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-packs-'))
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    return readLangPacks(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('files are found by their published names and in app folders, and the newest of each counts', () => {
  const packs = packsOf({
    'weba_en_v7.strings': '"a" = "seven";',
    'weba_en_v12.strings': '"a" = "twelve";',
    'weba_pt-br_v3.strings': '"a" = "três";',
    'android/en.xml': '<string name="a">b</string>',
    'android_x/android_x_en_v2.xml': '<string name="a">b</string>',
    'README.md': 'no pack',
  })
  const versions = (name: string) =>
    packs.languages(name)?.map(({ langCode, version }) => [langCode, version])
  assert.deepEqual(versions('weba'), [
    ['en', 12],
    ['pt-br', 3],
  ])
  assert.deepEqual(versions('android'), [['en', 1]])
  assert.deepEqual(versions('android_x'), [['en', 2]])
  assert.deepEqual(versions('web'), versions('weba'), 'the name Web K asks for')
  assert.equal(packs.languages('ios'), undefined)
})

test('plural forms become one text in either notation', () => {
  const of = (packs: LangPacks, name: string) => [...(packs.languages(name)?.[0]?.strings.values() ?? [])]
  const forms = { one: '%d day', other: '%d days' }
  const weba = packsOf({
    'weba_en_v1.strings': '"Days_one" = "%d day"; "Days_other" = "%d days"; "x" = "y";',
  })
  assert.deepEqual(of(weba, 'weba'), [
    { key: 'Days', forms },
    { key: 'x', value: 'y' },
  ])
  const desktop = packsOf({ 'tdesktop_en_v1.strings': '"days#one" = "%d day"; "days#other" = "%d days";' })
  assert.deepEqual(of(desktop, 'tdesktop'), [{ key: 'days', forms }])
  const ios = packsOf({ 'ios_en_v1.strings': '"Days_1" = "%d day"; "Days_any" = "%d days";' })
  assert.deepEqual(of(ios, 'ios'), [{ key: 'Days', forms }])
  const lonely = packsOf({ 'weba_en_v1.strings': '"Step_one" = "First";' })
  assert.deepEqual(
    of(lonely, 'weba'),
    [{ key: 'Step_one', value: 'First' }],
    'without the form for all others',
  )
})

test('a folder without texts is refused', () => {
  const refused = { code: 'LANG_PACKS_INVALID' }
  assert.throws(() => packsOf({ 'README.md': 'no pack' }), refused)
  assert.throws(() => packsOf({ 'weba_en_v1.strings': 'nothing' }), refused)
  assert.throws(() => readLangPacks(join(tmpdir(), 'cablegram-no-such-folder')), refused)
})
