// npm run person -- export|erase <personId|external_userid> [file], whether a server runs on the
// database or not.
import { runCommand } from './run.ts'
import { operate } from '../privacy/operate.ts'

await runCommand((ctx) =>
  operate(ctx, process.argv.slice(2), (line) => process.stdout.write(`  ${line}\n`)),
)
