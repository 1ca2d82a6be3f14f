/** Zip archives, as far as a wheel needs them: deflated files, always with the same date. */
import { crc32, deflateRawSync } from 'node:zlib'

/** A file of an archive. */
export interface ZipFile {
  readonly name: string
  readonly data: Uint8Array
}

/** 1 January 1980, the first day that the format knows: the same input gives the same bytes. */
const DOS_DATE = 0x21
const DEFLATE = 8
const VERSION = 20
const MADE_BY_UNIX = 0x03_00
/** A regular file, readable by everybody. */
const MODE = 0o100_644

/** Writes an archive of these files. */
export function zip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data } of files) {
    const path = Buffer.from(name)
    const packed = deflateRawSync(data)
    const about = described({ path, packed, data })
    const head = Buffer.concat([uint32(0x04034b50), about, path])
    directory.push(directoryEntry(about, path, offset))
    parts.push(head, packed)
    offset += head.length + packed.length
  }
  const table = Buffer.concat(directory)
  return Buffer.concat([...parts, table, endOf(files.length, table.length, offset)])
}

/** The fields that both records of a file share, from "version needed" to "extra field length". */
function described({ path, packed, data }: { path: Buffer; packed: Buffer; data: Uint8Array }): Buffer {
  return Buffer.concat([
    ...[VERSION, 0, DEFLATE, 0, DOS_DATE].map(uint16),
    ...[crc32(data), packed.length, data.length].map(uint32),
    ...[path.length, 0].map(uint16),
  ])
}

function directoryEntry(about: Buffer, path: Buffer, offset: number): Buffer {
  return Buffer.concat([
    uint32(0x02014b50),
    uint16(MADE_BY_UNIX + VERSION),
    about,
    // No comment, the first disk, no internal attributes.
    ...[0, 0, 0].map(uint16),
    uint32(MODE * 2 ** 16),
    uint32(offset),
    path,
  ])
}

function endOf(count: number, tableLength: number, tableOffset: number): Buffer {
  const counts = [0, 0, count, count].map(uint16)
  return Buffer.concat([uint32(0x06054b50), ...counts, uint32(tableLength), uint32(tableOffset), uint16(0)])
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
