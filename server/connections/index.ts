export { connectFirstAccounts } from './first.ts'
export {
  connectionById,
  connectionOf,
  findConnection,
  isConnected,
  isMadeByProvider,
  onlyCorp,
  wecomOf,
} from './directory.ts'
export { SecretsError } from './secrets/installation-key.ts'
