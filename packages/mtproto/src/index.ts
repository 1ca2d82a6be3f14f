export * from './client-machine.ts'
export * from './errors.ts'
export * from './machine.ts'
export * from './options.ts'
