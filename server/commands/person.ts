// npm run person -- export|erase <personId|external_userid> [file]; it works with or without
// running servers.
import { operatePerson } from '../privacy/index.ts'
import { runCommand } from './run.ts'

await runCommand(operatePerson)
