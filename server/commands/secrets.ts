// npm run secrets -- rotate|rewrap; it works with or without running servers.
import { operateSecrets } from '../connections/index.ts'
import { runCommand } from './run.ts'

await runCommand(operateSecrets)
