// node scripts/healthy.mjs [address] — ends with 0 when the address answers 200.
// It is the health check of the images. Without an address it asks the server of this container.
const { PORT = '3000' } = process.env
const address = process.argv[2] ?? `http://127.0.0.1:${PORT}/api/health`
const answer = await fetch(address, { signal: AbortSignal.timeout(4000) }).catch(() => null)
process.exitCode = answer?.ok ? 0 : 1
