import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describePeer, reasonOf } from './foreign-peer.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

for (const [head, peer] of [
  [
    'HTTP/1.1 400 Bad Request\r\nServer: nginx/1.25.3\r\n\r\n',
    'HTTP (HTTP/1.1 400 Bad Request, nginx/1.25.3)',
  ],
  ['HTTP/1.0 501 Not Implemented\r\n', 'HTTP (HTTP/1.0 501 Not Implemented)'],
  ['HTTP/1.1 200 OK\r\nserver: \x1b[31mred\x07\r\n', 'HTTP (HTTP/1.1 200 OK, [31mred)'],
  ['SSH-2.0-OpenSSH_9.6p1\r\n', 'SSH (SSH-2.0-OpenSSH_9.6p1)'],
  ['220 mail.example.org ESMTP\r\n', 'another service ("220 mail.example.org ESMTP")'],
  ['+OK POP3 ready\r\n', 'another service ("+OK POP3 ready")'],
  ["-ERR unknown command 'x'\r\n", 'another service ("-ERR unknown command \'x\'")'],
  ['* OK IMAP4rev1\r\n', 'another service ("* OK IMAP4rev1")'],
  ['RFB 003.008\n', 'another service ("RFB 003.008")'],
  ['\x15\x03\x01\x00\x02\x02\x46', 'TLS'],
  ['\x15\x03\x03\x00\x02\x02\x32', 'TLS'],
  // MTProto: an intermediate frame, an abridged one, and bytes too few to tell.
  ['\x54\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', undefined],
  ['\x15\x00\x00\x00\x00\x00\x00\x00\x00', undefined],
  ['HTTP', undefined],
  ['', undefined],
] as const) {
  test(`${JSON.stringify(head)} is ${peer ?? 'not recognised'}`, () => {
    assert.equal(describePeer(bytes(head)), peer)
  })
}

test('the reason why nothing answers is the code of the system, and a sentence where a code says little', () => {
  const reason = (code: string) => reasonOf(Object.assign(new Error(), { code }))
  assert.equal(reason('ECONNREFUSED'), ' (ECONNREFUSED)')
  assert.equal(reason('ENOTFOUND'), ' (ENOTFOUND)')
  assert.match(reason('ECONNRESET'), /hangs up/)
  for (const code of ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED'])
    assert.equal(reason(code), `: its certificate is not accepted (${code})`)
  assert.equal(reasonOf(new Error('no code')), '')
})
