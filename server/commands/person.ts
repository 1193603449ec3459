// npm run person -- export|erase <personId|external_userid> [file], whether a server runs on the
// database or not.
import { operatePerson } from '../privacy/index.ts'
import { runCommand } from './run.ts'

await runCommand(operatePerson)
