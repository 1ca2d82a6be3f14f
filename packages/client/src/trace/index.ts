export { replayTrace, type TraceDifference, type TraceReplay } from './replay.ts'
