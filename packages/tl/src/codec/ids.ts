/** `boolTrue#997275b5`, as the signed int on the wire. */
export const BOOL_TRUE: number = 0x997275b5 | 0
/** `boolFalse#bc799737`. */
export const BOOL_FALSE: number = 0xbc799737 | 0
/** `vector#1cb5c415`, the id at the start of every boxed vector. */
export const VECTOR = 0x1cb5c415
