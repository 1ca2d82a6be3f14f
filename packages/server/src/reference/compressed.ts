import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const squeeze = promisify(gzip)

/** Shorter texts gain nothing. */
const MIN_BYTES = 1024

/** A text as it goes over the wire. */
export interface CompressedText {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

/** Compresses a text if the reader accepts gzip: a page is a quarter of its size then. @param accepts its Accept-Encoding */
export async function compressed(text: string, accepts: string | undefined): Promise<CompressedText> {
  const body = new Uint8Array(Buffer.from(text))
  const headers = { Vary: 'Accept-Encoding' }
  if (body.length < MIN_BYTES || !acceptsGzip(accepts ?? '')) return { headers, body }
  return { headers: { ...headers, 'Content-Encoding': 'gzip' }, body: new Uint8Array(await squeeze(body)) }
}

/** `gzip;q=0` refuses it. */
function acceptsGzip(accepts: string): boolean {
  return accepts.split(',').some((each) => {
    const [name, weight] = each.split(';').map((part) => part.trim().toLowerCase())
    return name === 'gzip' && !/^q=0(?:\.0*)?$/.test(weight ?? '')
  })
}
