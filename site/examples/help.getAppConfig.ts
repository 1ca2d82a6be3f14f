import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('help.getAppConfig', {
  given: 'anonymous',
  params: { hash: 0 },
  as: 'app',
  shows: {
    _: 'help.appConfig',
    'config._': 'jsonObject',
    'config.value.0.key': 'authorization_autoconfirm_period',
  },
})
