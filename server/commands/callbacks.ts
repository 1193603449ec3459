// npm run callbacks [-- list | replay failed|<id>], whether a server runs on the database or not.
import { operateCallbacks } from '../connections/index.ts'
import { runCommand } from './run.ts'

await runCommand(operateCallbacks)
