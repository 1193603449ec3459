export { operatePerson } from './operate.ts'
