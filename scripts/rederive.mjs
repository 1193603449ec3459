// npm run rederive [-- --check] — makes the moments anew from the raw events, while servers run.
import { runProgram } from './lib/command.mjs'

await runProgram('server/commands/rederive.ts')
