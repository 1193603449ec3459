// npm run connections [-- list | take | remove <id>] — lists the connections with the addresses to
// copy, takes the environment's credentials where they differ from the stored ones, or removes a
// connection that was made by mistake. docs/going-live.md.
import { runProgram } from './lib/command.mjs'

await runProgram('server/commands/connections.ts')
