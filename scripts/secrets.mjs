// npm run secrets -- rotate|rewrap — another data key, or another key of the installation.
// docs/going-live.md.
import { runProgram } from './lib/command.mjs'

await runProgram('server/commands/secrets.ts')
