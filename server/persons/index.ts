export { nameRule } from './names.ts'
export { canRead, mayRead, readPermission } from './may-read.ts'
