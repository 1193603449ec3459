export { mayRead, mayReadIdentity, type Readable, readableOf, readPermission } from './may-read.ts'
export { knowsContact, nameRule } from './names.ts'
