/** Kinds of files that Telegram tells apart by their first bytes: the types of `storage.FileType`. */
export type FileKind = 'jpeg' | 'png' | 'gif' | 'webp' | 'pdf' | 'mp3' | 'mp4' | 'mov' | 'unknown'

/** The number of first bytes that decide. */
export const KIND_BYTES = 16

/** The MIME type of each kind. */
export const MIME_TYPES: Readonly<Record<FileKind, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  unknown: 'application/octet-stream',
}

/** Brands of ISO media files that are videos or sounds in MP4; those of still pictures (AVIF, HEIC) are not among them. */
const MP4_BRANDS = /^(isom|iso[2-9]|avc1|mp4[12]|mmp4|dash|M4[AVPB] |M4VP|f4v |3g[pgr][0-9a-z])$/

/** Tells the kind of a file by its first bytes. */
export function kindOf(bytes: Uint8Array): FileKind {
  const text = String.fromCharCode(...bytes.subarray(0, KIND_BYTES))
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif'
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'webp'
  if (text.startsWith('%PDF-')) return 'pdf'
  if (text.startsWith('ftyp', 4)) return movieOf(text.slice(8, 12))
  return text.startsWith('ID3') || isSoundFrame(bytes) ? 'mp3' : 'unknown'
}

function movieOf(brand: string): FileKind {
  if (brand === 'qt  ') return 'mov'
  return MP4_BRANDS.test(brand) ? 'mp4' : 'unknown'
}

/** The header of a frame of MPEG audio, layer III, whose version, bit rate and sampling rate exist. */
function isSoundFrame([first = 0, second = 0, third = 0]: Uint8Array): boolean {
  const isLayer3 = first === 0xff && (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08
  return isLayer3 && (third & 0xf0) !== 0xf0 && (third & 0xf0) !== 0 && (third & 0x0c) !== 0x0c
}
