// npm run connections [-- list | take | remove <id>]; it works with or without running servers.
import { operateConnections } from '../connections/index.ts'
import { runCommand } from './run.ts'

await runCommand(operateConnections)
