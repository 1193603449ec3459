// npm run secrets -- rotate|rewrap — changes the data key, or the key of the installation.
// docs/going-live.md.
import { runProgram } from './lib/command.mjs'

await runProgram('server/commands/secrets.ts')
