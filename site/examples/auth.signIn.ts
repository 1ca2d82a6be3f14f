import { defineExample, type Example } from '../printers/example.ts'
import { CODE, PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.signIn', {
  given: 'codeSent',
  params: ({ sent }) => ({ phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash, phoneCode: CODE }),
  as: 'signedIn',
  shows: { _: 'auth.authorization', 'user.firstName': 'Ada', 'user.phone': '9996621234' },
  more: [
    {
      title: 'A whole login, for numbers with and without an account',
      typescript: `\
import { memorySession, TelegramClient } from '@cablegram/client'

const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
await client.connect()

const phoneNumber = '+9996621234'
const sent = await client.auth.sendCode({
  phoneNumber,
  apiId: 10001,
  apiHash: '5f7a1c0de9b84263a1f0c2d3e4b59687',
  settings: { _: 'codeSettings' },
})
if (sent._ !== 'auth.sentCode') throw new Error(\`answered with \${sent._}\`)
const { phoneCodeHash } = sent

let login = await client.auth.signIn({ phoneNumber, phoneCodeHash, phoneCode: '22222' })
if (login._ === 'auth.authorizationSignUpRequired') {
  login = await client.auth.signUp({ phoneNumber, phoneCodeHash, firstName: 'Ada', lastName: 'Lovelace' })
}
if (login._ === 'auth.authorization' && login.user._ === 'user') {
  console.log(login.user.firstName, login.user.lastName)
}

await client.close()
`,
      lua: `\
local phone = '+9996621234'
local sent = auth.sendCode{
  phone_number = phone,
  api_id = 10001,
  api_hash = '5f7a1c0de9b84263a1f0c2d3e4b59687',
  settings = {_ = 'codeSettings'},
}
local hash = sent.phone_code_hash

local login = auth.signIn{phone_number = phone, phone_code_hash = hash, phone_code = '22222'}
if login._ == 'auth.authorizationSignUpRequired' then
  login = auth.signUp{
    phone_number = phone,
    phone_code_hash = hash,
    first_name = 'Ada',
    last_name = 'Lovelace',
  }
end
print(login.user.first_name, login.user.last_name)
`,
      shows: 'Ada  Lovelace',
    },
    {
      title: 'A wrong code',
      typescript: `\
import { isRpcError, memorySession, TelegramClient } from '@cablegram/client'

const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
await client.connect()

const phoneNumber = '+9996621234'
const sent = await client.auth.sendCode({
  phoneNumber,
  apiId: 10001,
  apiHash: '5f7a1c0de9b84263a1f0c2d3e4b59687',
  settings: { _: 'codeSettings' },
})
if (sent._ !== 'auth.sentCode') throw new Error(\`answered with \${sent._}\`)
const { phoneCodeHash } = sent

try {
  await client.auth.signIn({ phoneNumber, phoneCodeHash, phoneCode: '11111' })
} catch (error) {
  if (!isRpcError(error, 'auth.signIn')) throw error
  if (error.type === 'PHONE_CODE_INVALID') console.log('wrong: ask for the code again')
  else if (error.type === 'PHONE_CODE_EXPIRED') console.log('too late: send a new code')
  else console.log(error.code, error.type)
}

await client.close()
`,
      lua: `\
local phone = '+9996621234'
local sent = auth.sendCode{
  phone_number = phone,
  api_id = 10001,
  api_hash = '5f7a1c0de9b84263a1f0c2d3e4b59687',
  settings = {_ = 'codeSettings'},
}

local _, err = pcall(auth.signIn, {
  phone_number = phone,
  phone_code_hash = sent.phone_code_hash,
  phone_code = '11111',
})
if err.type == 'PHONE_CODE_INVALID' then
  print('wrong: ask for the code again')
elseif err.type == 'PHONE_CODE_EXPIRED' then
  print('too late: send a new code')
else
  print(err.code, err.type)
end
`,
      shows: 'wrong: ask for the code again',
    },
  ],
})
