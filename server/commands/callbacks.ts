// npm run callbacks [-- list | replay failed|<id>], whether a server runs on the database or not.
import { runCommand } from './run.ts'
import { operateCallbacks } from '../connections/callbacks/operate.ts'

await runCommand((ctx) =>
  operateCallbacks(ctx, process.argv.slice(2), (line) => process.stdout.write(`  ${line}\n`)),
)
