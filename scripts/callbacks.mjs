// npm run callbacks [-- list | replay failed|<id>] — which pushes of WeCom could not be handled,
// and once more. docs/going-live.md.
import { runProgram } from './lib/command.mjs'

await runProgram('server/commands/callbacks.ts')
