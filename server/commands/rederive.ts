// npm run rederive [-- --check]; it works with or without running servers.
import { operateRederive } from '../timeline/index.ts'
import { runCommand } from './run.ts'

await runCommand(operateRederive)
