// npm run connections [-- list | take] — what is connected, with the addresses to copy; or the
// environment's credentials where they differ from what is stored. docs/going-live.md.
import { runProgram } from './lib/command.mjs'

await runProgram('server/commands/connections.ts')
