// npm run connections [-- list | take | remove <id>] — lists the connections with the addresses to copy, or takes
// over the environment's credentials where they differ from the stored ones. docs/going-live.md.
import { runProgram } from './lib/command.mjs'

await runProgram('server/commands/connections.ts')
