/** A login as the load tests make it. */
import type { ClientKeys } from '@cablegram/mtproto'
import { decodeResult, encodeRequest } from '@cablegram/tl/api'
import { LoadClient } from './load-client.ts'
import type { Ready } from './load-server.ts'

/** The code of the test numbers 999662…, known without reading the inbox. */
const CODE = '22222'

/** Opens a connection, requests a code and gives the right one: the account is signed in and on disk. */
export async function logIn(ready: Ready, phoneNumber: string, keys: ClientKeys | undefined): Promise<void> {
  const client = new LoadClient(ready, keys)
  const ticking = setInterval(() => client.wake(), 100)
  try {
    const { apiId, apiHash } = ready
    const settings = { _: 'codeSettings' } as const
    const asked = encodeRequest({ _: 'auth.sendCode', phoneNumber, apiId, apiHash, settings })
    const sent = decodeResult('auth.sendCode', await client.connect(asked))
    if (sent._ !== 'auth.sentCode') throw new Error(`auth.sendCode answered ${sent._}`)
    const { phoneCodeHash } = sent
    const typed = encodeRequest({ _: 'auth.signIn', phoneNumber, phoneCodeHash, phoneCode: CODE })
    const signedIn = decodeResult('auth.signIn', await client.call(typed))
    if (signedIn._ !== 'auth.authorization') throw new Error(`auth.signIn answered ${signedIn._}`)
  } finally {
    clearInterval(ticking)
    client.close()
  }
}
