// npm run connections [-- list | take], whether a server runs on the database or not.
import { operateConnections } from '../connections/index.ts'
import { runCommand } from './run.ts'

await runCommand(operateConnections)
