// npm run callbacks [-- list | replay failed|<id>] — lists the pushes of WeCom that could not be
// handled, or handles them again. docs/going-live.md.
import { runProgram } from './lib/command.mjs'

await runProgram('server/commands/callbacks.ts')
