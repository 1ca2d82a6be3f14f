/**
 * The first app of servers that keep nothing: the same at every start, so that clients can have it in their
 * configuration. Everybody knows it, as they know the RSA key of those servers.
 */
export const TEST_APP = {
  apiId: 10_001,
  apiHash: '5f7a1c0de9b84263a1f0c2d3e4b59687',
  title: 'Cablegram',
} as const
