export { operateCallbacks } from './callbacks/operate.ts'
export {
  connectionById,
  connectionOf,
  connectionsOf,
  corpName,
  findConnection,
  isConnected,
  isMadeByProvider,
  onlyCorp,
  wecomOf,
} from './directory.ts'
export { connectFirstAccounts } from './first.ts'
export { operateConnections } from './operate.ts'
export { SecretsError } from './secrets/installation-key.ts'
export { operateSecrets } from './secrets/operate.ts'
