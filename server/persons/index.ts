export {
  knowsContact,
  mayRead,
  mayReadIdentity,
  type Readable,
  readableOf,
  readPermission,
} from './may-read.ts'
