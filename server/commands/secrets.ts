// npm run secrets -- rotate|rewrap, whether a server runs on the database or not.
import { operateSecrets } from '../connections/index.ts'
import { runCommand } from './run.ts'

await runCommand(operateSecrets)
