// npm run rederive [-- --check], while servers run or without any.
import { operateRederive } from '../timeline/index.ts'
import { runCommand } from './run.ts'

await runCommand(operateRederive)
