import type { Server, ServerDc } from './server.ts'

const PORT = 443

const WHERE_TO_LOOK = 'Check your connection to the internet.'

/** Fingerprint d09d1d85de64fd85. */
const PRODUCTION_PEM = `-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g
5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO
62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/
+aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9
t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs
5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB
-----END RSA PUBLIC KEY-----
`

/** Fingerprint b25898df208d2603. */
const TEST_PEM = `-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAyMEdY1aR+sCR3ZSJrtztKTKqigvO/vBfqACJLZtS7QMgCGXJ6XIR
yy7mx66W0/sOFa7/1mAZtEoIokDP3ShoqF4fVNb6XeqgQfaUHd8wJpDWHcR2OFwv
plUUI1PLTktZ9uW2WE23b+ixNwJjJGwBDJPQEQFBE+vfmH0JP503wr5INS1poWg/
j25sIWeYPHYeOrFp/eXaqhISP6G+q2IeTaWTXpwZj4LzXq5YOpk4bYEQ6mvRq7D1
aHWfYmlEGepfaYR8Q0YqvvhYtMte3ITnuSJs171+GDqpdKcSwHnd6FudwGO4pcCO
j4WcDuXc2CTHgH8gFTNhp/Y8/SpDOhvn9QIDAQAB
-----END RSA PUBLIC KEY-----
`

/** Telegram itself. */
export const PRODUCTION: Server = {
  name: 'production',
  test: false,
  nextStep: WHERE_TO_LOOK,
  defaultDcId: 2,
  dcs: [
    ...dataCentre(1, 'pluto', '/apiws', ['149.154.175.50', '2001:b28:f23d:f001::a']),
    ...dataCentre(2, 'venus', '/apiws', ['149.154.167.51', '2001:67c:4e8:f002::a', '95.161.76.100']),
    ...dataCentre(3, 'aurora', '/apiws', ['149.154.175.100', '2001:b28:f23d:f003::a']),
    ...dataCentre(4, 'vesta', '/apiws', ['149.154.167.91', '2001:67c:4e8:f004::a']),
    ...dataCentre(5, 'flora', '/apiws', ['149.154.171.5', '2001:b28:f23f:f005::a']),
  ],
  publicKeys: [{ pem: PRODUCTION_PEM }],
}

/** Telegram's test data centres: accounts of their own, wiped now and then. */
export const TEST: Server = {
  name: 'test',
  test: true,
  nextStep: WHERE_TO_LOOK,
  defaultDcId: 2,
  dcs: [
    ...dataCentre(1, 'pluto', '/apiws_test', ['149.154.175.10', '2001:b28:f23d:f001::e']),
    ...dataCentre(2, 'venus', '/apiws_test', ['149.154.167.40', '2001:67c:4e8:f002::e']),
    ...dataCentre(3, 'aurora', '/apiws_test', ['149.154.175.117', '2001:b28:f23d:f003::e']),
  ],
  publicKeys: [{ pem: TEST_PEM }],
}

/** A data centre under each of its addresses, as official clients have them built in. */
function dataCentre(id: number, name: string, path: string, hosts: readonly string[]): readonly ServerDc[] {
  return hosts.map((host) => ({ id, host, port: PORT, wsUrl: `wss://${name}.web.telegram.org${path}` }))
}

/** Whether a server is one of Telegram's, whose addresses come with the library. */
export function isBuiltIn(server: Server): boolean {
  return server === PRODUCTION || server === TEST
}
