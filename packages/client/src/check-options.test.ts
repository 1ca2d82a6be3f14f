import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import { TelegramClient } from './client.ts'
import { login } from './login/login.ts'
import { ScriptedServer } from './login/test-server.ts'
import { memorySession } from './storage/memory.ts'

const SECRET = 'do not tell this one'

test('an invalid option is reported with its name, its value (unless secret) and the allowed values', () => {
  const wrong: [object, RegExp][] = [
    [
      { apiId: 8326417308 },
      /^The option `apiId` is 8326417308\. It may be .*bot's number; apiId is the app's, from https/,
    ],
    [{ apiId: 8326417308n }, /`apiId` is the bigint 8326417308n\. .*bot's number/],
    [{ apiId: 5n }, /`apiId` is the bigint 5n\. It may be a whole number from 1 to 2147483647\.$/],
    [{ apiId: '5' }, /`apiId` is "5"/],
    [{ apiId: 0 }, /`apiId` is 0/],
    [{ apiId: -1 }, /`apiId` is -1/],
    [{ apiId: Number.NaN }, /`apiId` is NaN/],
    [{ apiHash: 5 }, /`apiHash` is a number\. It may be .*: the api_hash of your app/],
    [{ apiHash: '' }, /`apiHash` is an empty string/],
    [{ consoleToken: [SECRET] }, /`consoleToken` is an array/],
    [{ server: 5 }, /`server` is 5\. It may be 'production', 'test', the URL/],
    [{ server: null }, /`server` is null/],
    [{ pfs: 'yes' }, /`pfs` is "yes"\. It may be true or false/],
    [{ obfuscated: 1 }, /`obfuscated` is 1/],
    [{ transport: 'udp' }, /`transport` is "udp"\. It may be 'tcp' or 'websocket' or 'http'/],
    [{ framing: 'bare' }, /`framing` is "bare"/],
    [{ mtproxy: [SECRET] }, /`mtproxy` is an array\. It may be { host, port, secret }/],
    [{ mtproxy: { host: 'h', port: 65_536, secret: SECRET } }, /`mtproxy` is an object/],
    [{ deviceModel: '' }, /`deviceModel` is an empty string/],
    [{ langCode: 5n }, /`langCode` is the bigint 5n/],
    [{ platform: 'node' }, /`platform` is "node"\. It may be an object/],
    [{ transport: 'x'.repeat(99) }, /`transport` is "x{40}…"/],
    [{ deviceModel: ['x'.repeat(99)] }, /`deviceModel` is an array/],
    [{ timeoutMS: 5 }, /no option `timeoutMS` of the client\. Did you mean timeoutMs\?/],
    [{ retries: 5 }, /no option `retries` of the client\. They are apiId, /],
    [{ toString: 5 }, /no option `toString`/],
  ]
  const texts = ['deviceModel', 'systemVersion', 'appVersion', 'systemLangCode', 'langPack', 'langCode']
  for (const name of [...texts, 'apiHash']) {
    for (const length of [513, 10_000_000]) {
      const message = new RegExp(`\`${name}\` is .*\\. It may be a string of [01] to 512 characters`)
      wrong.push([{ [name]: 'x'.repeat(length) }, message])
    }
    const longest = { [name]: 'x'.repeat(512) }
    assert.doesNotThrow(() => new TelegramClient(memorySession(), longest), name)
  }
  for (const name of ['floodWaitMaxS', 'timeoutMs', 'connectTimeoutMs']) {
    for (const value of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -1,
      0.5,
      2 ** 31,
      5n,
      '5',
      null,
      new Date(5),
    ]) {
      wrong.push([
        { [name]: value },
        new RegExp(`\`${name}\` is .* It may be a whole number from \\d to \\d+ \\(`),
      ])
    }
  }
  for (const [options, message] of wrong) {
    assert.throws(
      () => new TelegramClient(memorySession(), options),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'OPTION_INVALID', JSON.stringify(Object.keys(options)))
        assert.match(error.message, message)
        assert.ok(!error.message.includes(SECRET))
        assert.ok(error.message.length < 350)
        return true
      },
    )
  }
  const undefinedOnes = { apiId: undefined, timeoutMs: undefined, server: undefined }
  assert.doesNotThrow(() => new TelegramClient(memorySession(), undefinedOnes))
})

test('a session must be a name or a storage', () => {
  for (const session of [undefined, null, '', ' ', 5, {}, { open() {} }, [memorySession()]]) {
    assert.throws(() => new TelegramClient(session as string), {
      code: 'OPTION_INVALID',
      message: /The session is /,
    })
  }
})

test('the options of a call and of a login are checked before anything is sent', async () => {
  const client = new TelegramClient(memorySession(), { server: 'test', apiId: 1, apiHash: 'x' })
  const calls: [object | null, RegExp][] = [
    [{ timeoutMs: Number.NaN }, /`timeoutMs` is NaN/],
    [{ dcId: 0 }, /`dcId` is 0\. It may be a whole number from 1 .* data centre/],
    [{ signal: new AbortController() }, /`signal` is an object\. It may be an AbortSignal/],
    [{ timeout: 5 }, /no option `timeout` of the call of help\.getConfig\. Did you mean timeoutMs\?/],
    [null, /are an object, not null/],
  ]
  for (const [options, message] of calls) {
    const rejection = { code: 'OPTION_INVALID', message }
    await assert.rejects(client.help.getConfig({}, options as object), rejection)
  }
  const prompts = {
    phone: async () => '+1',
    code: async () => '1',
    password: async () => 'p',
    name: async () => ({ firstName: 'A' }),
  }
  const logins: [object, RegExp][] = [
    [{ maxDetours: Number.NaN }, /`maxDetours` is NaN/],
    [{ restartPauseMs: -1 }, /`restartPauseMs` is -1/],
    [{ exceptIds: [5] }, /`exceptIds` is an array\. It may be an array of bigints/],
    [{ signal: 5 }, /`signal` is 5/],
    [{ drawQr: true }, /`drawQr` is a boolean/],
    [{ codeSetting: {} }, /no option `codeSetting` of a login\. Did you mean codeSettings\?/],
  ]
  for (const [options, message] of logins) {
    const server = new ScriptedServer({})
    server.connect = () => assert.fail('connected')
    await assert.rejects(login(server, prompts, options), { code: 'OPTION_INVALID', message })
    await assert.rejects(client.start(prompts, options), { code: 'OPTION_INVALID', message })
  }
})

test('a proxy says which of its parts are missing or wrong, and repeats no password', () => {
  const wrong: [object, RegExp][] = [
    [{ host: '127.0.0.1', port: 1080, password: 'secret' }, /; it lacks kind\.$/],
    [{ kind: 'socks5', password: 'secret' }, /; it lacks host, port\.$/],
    [
      { kind: 'socks4', host: '127.0.0.1', port: '1080', password: 'secret' },
      /; kind, port cannot be used\.$/,
    ],
  ]
  for (const [proxy, message] of wrong) {
    const make = () => new TelegramClient(memorySession(), { proxy } as object)
    assert.throws(make, (error) => {
      assert.ok(error instanceof UsageError && message.test(error.message), String(error))
      return !error.message.includes('secret')
    })
  }
})

test('a string session in the place of a file name is refused, and not repeated', () => {
  const text = `1${'BVtsOKAA'.repeat(44)}=`
  assert.throws(
    () => new TelegramClient(text),
    (error) => {
      assert.ok(error instanceof UsageError && error.code === 'OPTION_INVALID')
      return error.message.includes('memorySession(text)') && !error.message.includes('BVts')
    },
  )
})

test('a listener that is not a function is refused at once', async () => {
  const client = new TelegramClient(memorySession(), { server: 'test', apiId: 1, apiHash: 'x' })
  for (const wrong of [null, undefined, 5, {}, 'x', [], Promise.resolve(() => {})]) {
    const refused = (name: string) => ({
      code: 'OPTION_INVALID',
      message: new RegExp(`^client\\.${name} takes a function, such as .*, not .+\\.$`),
    })
    assert.throws(() => client.onUpdate(wrong as () => void), refused('onUpdate'))
    assert.throws(() => client.onError(wrong as () => void), refused('onError'))
  }
  await client.close()
})

test('options of a login that are not an object are refused before anything is sent', async () => {
  const client = new TelegramClient(memorySession(), { server: 'test', apiId: 1, apiHash: 'x' })
  client.connect = () => assert.fail('connected')
  for (const wrong of [null, 5, '', 'x', [], true]) {
    const rejection = { code: 'OPTION_INVALID', message: /^The options of a login are an object, not / }
    await assert.rejects(client.start({}, wrong as object), rejection)
    await assert.rejects(client.login(wrong as object), rejection)
  }
  await client.close()
})
