/** Checks the console's OpenAPI document with validators, and the console's answers against it. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startServer } from '@cablegram/server'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'

const server = await startServer({ store: 'memory', testClock: true })
after(() => server.close())

const text = await (await fetch(`${server.info.console}/openapi.json`)).text()
const document = JSON.parse(text)
const ajv = new Ajv2020({ strict: true, allErrors: true })

test('the document is valid OpenAPI 3.1', async () => {
  const result = await new Validator({ strict: true }).validate(JSON.parse(text))
  assert.deepEqual(result, { valid: true })
})

test('every schema in it is valid JSON Schema, without unknown keywords', () => {
  const schemas = [...schemasIn(document)]
  assert.ok(schemas.length > 60)
  for (const [place, schema] of schemas) assert.doesNotThrow(() => ajv.compile(schema), place)
})

test('the schemas of bodies limit every text, list and object', () => {
  for (const operation of operations()) {
    const body = operation.requestBody?.content['application/json'].schema
    if (body !== undefined) assert.deepEqual(unlimited(body), [], operation.operationId)
  }
})

test('operations have names of their own', () => {
  const names = [...operations()].map(({ operationId }) => operationId)
  assert.deepEqual(names, [...new Set(names)])
})

const calls = [
  [
    'POST',
    '/api/users',
    { phone: '+9996621234', firstName: 'Ada', password: 'correct horse', loginEmail: 'a@b.c' },
  ],
  ['POST', '/api/bots', { username: 'echo_bot' }],
  ['POST', '/api/faults', { method: 'auth.signIn', error: { code: 420, type: 'FLOOD_WAIT_30' }, times: 2 }],
  [
    'PUT',
    '/api/phone-rules/{digits}',
    { rule: 'channels', channels: ['smsWord', 'sms'] },
    '/api/phone-rules/4474',
  ],
  ['PUT', '/api/phone-rules/{digits}', { rule: 'migrate', dc: 2 }, '/api/phone-rules/4475'],
  ['PUT', '/api/network-rules/{address}', { dc: 2 }, '/api/network-rules/192.0.2.1'],
  ['POST', '/api/web-tokens', { phone: '+9996621234' }],
  ['POST', '/api/clock/advance', { seconds: 1.5 }],
  ['POST', '/api/people', { firstName: 'Ada', username: 'ada_test' }],
  ['POST', '/api/people', { firstName: 'Keys', username: 'keys_bot', bot: true }],
  ['GET', '/api/people'],
  ['GET', '/api/people/{id}', undefined, '/api/people/@ada_test'],
  ['POST', '/api/people/{id}/start', { bot: '@keys_bot' }, '/api/people/@ada_test/start'],
  [
    'POST',
    '/api/people/{id}/messages',
    { to: '@ada_test', text: 'Yes?', buttons: [[{ text: 'Yes' }]] },
    '/api/people/@keys_bot/messages',
  ],
  [
    'POST',
    '/api/people/{id}/messages',
    { to: 'me', media: { kind: 'poll', question: 'Tea?', answers: ['Yes', 'No'] } },
    '/api/people/@ada_test/messages',
  ],
  [
    'POST',
    '/api/people/{id}/messages',
    { to: 'me', media: { kind: 'photo', isSpoiler: true } },
    '/api/people/@ada_test/messages',
  ],
  [
    'POST',
    '/api/people/{id}/albums',
    { to: 'me', media: [{ kind: 'document' }, { kind: 'document', base64: 'QUJD' }] },
    '/api/people/@ada_test/albums',
  ],
  ['POST', '/api/faults', { method: 'upload.getFile', cut: true, every: 5 }],
  ['POST', '/api/faults', { references: 'expired', userId: 1000001 }],
  ['POST', '/api/people/{id}/votes', { messageId: 3, options: ['Yes'] }, '/api/people/@ada_test/votes'],
  ['POST', '/api/people/{id}/reactions', { messageId: 2, emoji: '👍' }, '/api/people/@ada_test/reactions'],
  ['GET', '/api/people/{id}/messages', undefined, '/api/people/@ada_test/messages?with=@keys_bot'],
  [
    'GET',
    '/api/people/{id}/messages/wait',
    undefined,
    '/api/people/@ada_test/messages/wait?afterId=0&timeoutMs=0',
  ],
  [
    'GET',
    '/api/people/{id}/events/wait',
    undefined,
    '/api/people/@ada_test/events/wait?kind=reaction&after=0.0&timeoutMs=0',
  ],
  ['GET', '/api/people/{id}/chats', undefined, '/api/people/@ada_test/chats'],
  ['POST', '/api/people/{id}/groups', { title: 'Tea', with: ['@keys_bot'] }, '/api/people/@ada_test/groups'],
  ['POST', '/api/people/{id}/blocks', { user: '@nobody_here' }, '/api/people/@ada_test/blocks'],
  ['PATCH', '/api/users/{id}', { password: null }, '/api/users/1000001'],
  ['PATCH', '/api/apps/{apiId}', { minLayer: 160 }, '/api/apps/10001'],
  ['GET', '/server.json'],
  ['GET', '/healthz'],
  ['GET', '/api/users'],
  ['GET', '/api/bots'],
  ['GET', '/api/apps'],
  ['GET', '/api/apps/refused'],
  ['GET', '/api/faults'],
  ['GET', '/api/phone-rules'],
  ['GET', '/api/phone-rules/{digits}', undefined, '/api/phone-rules/4474'],
  ['GET', '/api/network-rules'],
  ['GET', '/api/clock'],
  ['GET', '/api/audit'],
  ['GET', '/api/connections'],
  ['GET', '/api/codes'],
  ['GET', '/api/payments/{digits}', undefined, '/api/payments/4474'],
  ['POST', '/api/users', { phone: '+9996621234', firstName: 'Ada' }],
  ['DELETE', '/api/users/{id}', undefined, '/api/users/7'],
  ['POST', '/api/reset'],
]

for (const [method, path, body, url = path] of calls) {
  test(`what ${method} ${url} answers is what the document says`, async () => {
    const init =
      body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(`${server.info.console}${url}`, { method, ...init })
    const answer = document.paths[path][method.toLowerCase()].responses[response.status]
    assert.ok(answer, `${response.status} is not in the document`)
    const schema = answer.content?.['application/json'].schema
    if (schema === undefined) return assert.equal(await response.text(), '')
    const validate = ajv.compile(closed(schema))
    assert.ok(validate(await response.json()), ajv.errorsText(validate.errors))
  })
}

function* operations() {
  for (const path of Object.values(document.paths)) yield* Object.values(path)
}

/** The schemas under every key `schema`, with their place. */
function* schemasIn(value, place = '') {
  if (typeof value !== 'object' || value === null) return
  for (const [key, each] of Object.entries(value)) {
    if (key === 'schema') yield [`${place}.${key}`, each]
    else yield* schemasIn(each, `${place}.${key}`)
  }
}

/** The places in a schema that would accept anything from a caller. */
function unlimited(schema, place = 'body') {
  const parts = [
    ...Object.entries(schema.properties ?? {}).map(([name, each]) => [each, `${place}.${name}`]),
    ...(schema.items ? [[schema.items, `${place}[]`]] : []),
    ...(schema.anyOf ?? []).map((each) => [each, place]),
  ]
  const isOpen =
    (schema.type === 'object' && schema.additionalProperties !== false) ||
    (schema.type === 'string' &&
      schema.enum === undefined &&
      !('maxLength' in schema) &&
      !('pattern' in schema)) ||
    (schema.type === 'array' && !('maxItems' in schema)) ||
    (schema.type === 'integer' && schema.enum === undefined && !('maximum' in schema))
  return [...(isOpen ? [place] : []), ...parts.flatMap(([each, at]) => unlimited(each, at))]
}

/** The same schema with unnamed fields forbidden: the document should name them all. */
function closed(schema) {
  if (typeof schema !== 'object' || schema === null) return schema
  if (Array.isArray(schema)) return schema.map(closed)
  const copy = Object.fromEntries(Object.entries(schema).map(([key, each]) => [key, closed(each)]))
  return schema.type === 'object' ? { ...copy, additionalProperties: false } : copy
}
