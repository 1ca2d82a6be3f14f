import { defineExample, type Example } from '../printers/example.ts'
import { APP, PHONE } from '../printers/states.ts'

export const example: Example = defineExample('auth.sendCode', {
  given: 'anonymous',
  params: { phoneNumber: PHONE, ...APP, settings: { _: 'codeSettings' } },
  as: 'sent',
  answer: 'auth.sentCode',
  shows: {
    'type._': 'auth.sentCodeTypeSms',
    'phoneCodeHash.length': 32,
    'nextType._': 'auth.codeTypeCall',
    timeout: 60,
  },
  more: [
    {
      title: 'A client that handles the errors',
      typescript: `\
import { isRpcError, memorySession, TelegramClient } from '@cablegram/client'

const client = new TelegramClient(memorySession(), { server: 'http://127.0.0.1:10081' })
await client.connect()

try {
  await client.auth.sendCode({
    phoneNumber: '123',
    apiId: 10001,
    apiHash: '5f7a1c0de9b84263a1f0c2d3e4b59687',
    settings: { _: 'codeSettings' },
  })
} catch (error) {
  if (!isRpcError(error, 'auth.sendCode')) throw error
  if (error.type === 'FLOOD_WAIT') console.log(\`again in \${error.argument} s\`)
  else console.log(error.code, error.type)
}

await client.close()
`,
      lua: `\
local _, err = pcall(auth.sendCode, {
  phone_number = '123',
  api_id = 10001,
  api_hash = '5f7a1c0de9b84263a1f0c2d3e4b59687',
  settings = {_ = 'codeSettings'},
})
if err.type == 'FLOOD_WAIT' then
  print('again in ' .. err.argument .. ' s')
else
  print(err.code, err.type)
end
`,
      shows: '406 PHONE_NUMBER_INVALID',
    },
  ],
})
