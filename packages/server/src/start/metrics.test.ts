import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from './metrics.ts'
import { startServer } from './start-server.ts'

test('counters and gauges are written in Prometheus format with their current values', async () => {
  const metrics = new Metrics()
  const count = metrics.counter('requests_total', 'Requests.', ['method', 'result'])
  count('auth.sendCode', 'ok')
  count('a"b\\c\nd', 'ok')
  metrics.gauge('depth', 'Depth.', [], () => [{ value: 1.5 }])
  const first = await metrics.render()
  assert.ok(first.includes('# HELP requests_total Requests.\n# TYPE requests_total counter\n'))
  assert.ok(first.includes('requests_total{method="auth.sendCode",result="ok"} 1\n'))
  assert.ok(first.includes('requests_total{method="a\\"b\\\\c\\nd",result="ok"} 1\n'))
  assert.ok(first.includes('# TYPE depth gauge\ndepth 1.5\n'))
  count('auth.sendCode', 'ok')
  assert.ok((await metrics.render()).includes('requests_total{method="auth.sendCode",result="ok"} 2\n'))
})

test('a counter has a limited number of series', async () => {
  const metrics = new Metrics()
  const count = metrics.counter('errors_total', 'Errors.', ['type'])
  for (let index = 0; index < 3000; index++) count(`MADE_UP_${index}`)
  count('MADE_UP_1')
  const lines = (await metrics.render()).split('\n').filter((line) => line.startsWith('errors_total{'))
  assert.equal(lines.length, 2001)
  assert.ok(lines.includes('errors_total{type="other"} 1000'))
  assert.ok(lines.includes('errors_total{type="MADE_UP_1"} 2'))
})

test('a server reports its state', async () => {
  await using server = await startServer({ store: 'memory' })
  const text = await (await fetch(`${server.info.console}/metrics`)).text()
  for (const name of [
    'cablegram_connections{transport="tcp"} 0',
    'cablegram_machine_entries{table="sessions"} 0',
    '# TYPE cablegram_rpc_total counter',
    '# TYPE cablegram_handshakes_total counter',
    '# TYPE cablegram_codes_total counter',
    'nodejs_eventloop_lag_p99_seconds ',
    'process_resident_memory_bytes ',
  ]) {
    assert.ok(text.includes(name), `${name} is not in\n${text}`)
  }
})
