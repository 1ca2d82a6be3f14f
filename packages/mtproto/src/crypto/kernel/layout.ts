/** The layout of the kernel's memory. */
export const LAYOUT = {
  /** Four tables of 256 words: a byte's part of a column after SubBytes and MixColumns, turned by 0 to 3 bytes. */
  encryptTables: 0x0000,
  /** The same for the inverse cipher. */
  decryptTables: 0x1000,
  sBox: 0x2000,
  inverseSBox: 0x2100,
  /** 60 words; for decryption in the order and form that the inverse cipher takes them. */
  roundKeys: 0x2200,
  /** Round keys for encryption, until they are turned into those for decryption. */
  expandedKey: 0x2300,
  /** 32 bytes. */
  aesKey: 0x2400,
  /** 32 bytes: the previous ciphertext block, the previous plaintext block. */
  igeState: 0x2420,
  /** SHA-256: eight words, in this processor's order. */
  hashState: 0x2440,
  /** CTR: the first three words of the counter, as they lie in the IV. */
  counter: 0x2460,
  /** Room for two blocks of SHA-256. */
  hashInput: 0x2480,
  /** 256 bytes. */
  authKey: 0x2600,
  /** Data to encrypt, decrypt or hash in place. The 64 bytes in front of it are free for a prefix. */
  buffer: 0x4000,
} as const

/** Bytes that fit into the buffer; 256 more behind it are for padding. */
export const BUFFER_BYTES = 0x10000

/** In pages of 64 KiB. */
export const MEMORY_PAGES = 2
