// npm run person -- export|erase <personId|external_userid> [file] — what is kept about somebody,
// as a file, or out of the database. docs/going-live.md.
import { runProgram } from './lib/command.mjs'
import { root } from './lib/processes.mjs'

await runProgram('server/commands/person.ts', {
  // Where the command was given: a file is written there.
  cwd: process.env.INIT_CWD ?? process.cwd(),
  env: { ...process.env, DATA_DIR: process.env.DATA_DIR ?? `${root}.data` },
})
