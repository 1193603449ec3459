export { canRead, mayRead, readPermission } from './may-read.ts'
