// npm run callbacks [-- list | replay failed|<id>]; it works with or without running servers.
import { operateCallbacks } from '../connections/index.ts'
import { runCommand } from './run.ts'

await runCommand(operateCallbacks)
