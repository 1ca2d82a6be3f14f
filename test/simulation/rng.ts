export { Rng } from '@cablegram/mtproto/testing'
