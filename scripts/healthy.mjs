// node scripts/healthy.mjs <address> — ends with 0 when the address answers 200; the health check of
// the images. Node's built-ins only: the image of the server has little else.
const address = process.argv[2] ?? 'http://127.0.0.1:3000/api/health'
const answer = await fetch(address, { signal: AbortSignal.timeout(4000) }).catch(() => null)
process.exitCode = answer?.ok ? 0 : 1
