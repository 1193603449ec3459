export { shareById } from './store.ts'
