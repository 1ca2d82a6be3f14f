export * from './errors.ts'
export * from './machine.ts'
