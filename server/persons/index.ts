export { mayRead, mayReadIdentity, type Readable, readPermission } from './may-read.ts'
export { knowsContact, nameRule } from './names.ts'
