// npm run person -- export|erase <personId|external_userid> [file] — writes what is stored about a
// person into a file, or erases it. docs/going-live.md.
import { runProgram } from './lib/command.mjs'
import { root } from './lib/processes.mjs'

await runProgram('server/commands/person.ts', {
  // The folder of the command, because it writes the file there.
  cwd: process.env.INIT_CWD ?? process.cwd(),
  env: { ...process.env, DATA_DIR: process.env.DATA_DIR ?? `${root}.data` },
})
