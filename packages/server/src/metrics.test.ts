import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from './metrics.ts'
import { startServer } from './start-server.ts'

test('counters and gauges are written as Prometheus reads them', () => {
  const metrics = new Metrics()
  const count = metrics.counter('requests_total', 'Requests.', ['method', 'result'])
  count('auth.sendCode', 'ok')
  count('auth.sendCode', 'ok')
  count('a"b\\c\nd', 'ok')
  metrics.gauge('depth', 'Depth.', () => [{ value: 1.5 }])
  assert.equal(
    metrics.render(),
    [
      '# HELP requests_total Requests.',
      '# TYPE requests_total counter',
      'requests_total{method="auth.sendCode",result="ok"} 2',
      'requests_total{method="a\\"b\\\\c\\nd",result="ok"} 1',
      '# HELP depth Depth.',
      '# TYPE depth gauge',
      'depth 1.5',
      '',
    ].join('\n'),
  )
})

test('a counter has so many series, and no more', () => {
  const metrics = new Metrics()
  const count = metrics.counter('errors_total', 'Errors.', ['type'])
  for (let index = 0; index < 3000; index++) count(`MADE_UP_${index}`)
  count('MADE_UP_1')
  const lines = metrics.render().trim().split('\n')
  assert.ok(lines.length < 2100)
  assert.ok(lines.includes('errors_total{type="other"} 1000'))
  assert.ok(lines.includes('errors_total{type="MADE_UP_1"} 2'))
})

test('a server says how it does', async () => {
  await using server = await startServer({ store: 'memory' })
  const text = await (await fetch(`${server.info.console}/metrics`)).text()
  for (const name of [
    'cablegram_connections{transport="tcp"} 0',
    'cablegram_machine_entries{table="sessions"} 0',
    '# TYPE cablegram_rpc_total counter',
    '# TYPE cablegram_handshakes_total counter',
    '# TYPE cablegram_codes_total counter',
    'cablegram_event_loop_lag_seconds{quantile="0.99"}',
    'process_resident_memory_bytes ',
  ]) {
    assert.ok(text.includes(name), `${name} is not in\n${text}`)
  }
})
