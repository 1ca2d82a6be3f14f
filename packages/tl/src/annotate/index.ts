export { type AnnotateOptions, annotateAnswer, annotateRequest } from './annotate.ts'
export { type AnnotatedRow, annotationText } from './rows.ts'
