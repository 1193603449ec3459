// Plain JavaScript, because a process starts without the loader that reads TypeScript.
// It draws in a thread, so that this one stays free to watch the memory and its parent.
import { constants, setPriority } from 'node:os'
import { Worker } from 'node:worker_threads'

const watchEveryMs = 20
/** Of the thread's own objects; pictures lie outside of that heap. */
const heapMegabytes = 384

if (!process.send) throw new Error('process.mjs is started by draw.ts')
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
process.once('disconnect', () => process.exit())

process.once('message', (/** @type {import('./draw.ts').DrawingOrder} */ order) => {
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  })
  worker.on('message', (step) => process.send?.(step))
  worker.on('error', (/** @type {Error & { code?: string }} */ { code }) =>
    end(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'too_much_memory' : 'crashed'),
  )
  process.on('message', (next) => worker.postMessage(next))
  setInterval(() => {
    if (process.memoryUsage.rss() > order.memory) end('too_much_memory')
  }, watchEveryMs)
})

/** @param {import('./draw.ts').Reason} refused */
function end(refused) {
  process.send?.({ refused }, () => process.exit())
}
