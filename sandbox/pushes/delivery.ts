import type { Delivery, DeliveryAttempt } from '../api.ts'
import { changed, type World } from '../state/world.ts'
import { openReply, seal, type Letter } from './envelope.ts'
import type { Job } from './outbox.ts'
import { readXml } from './read-xml.ts'
import { addressOwner, receiverKind, urlOf, type ReceiverKind } from './receivers.ts'
import { send, Unreached, type Answer } from './send.ts'
import type { CallbackAddress } from './state.ts'
import type { ReadXml, Receiver } from './receiver.ts'

/**
 * In seconds. WW-90930: the connection is closed after five and the push sent again, three times in
 * all, for network failures and timeouts only.
 */
const deadline = 5
/**
 * The page does not say how long it waits in between. Real seconds: the receiver's clock does not
 * move with the sandbox's.
 */
const retryGaps = [1, 2, 4]
/** WW-100965: answer `success` within 1,000 ms. */
const prompt = 1
const shownAnswer = 2000

/** Puts it at the end of its receiver's queue, a retry at the head. */
export function enqueue(world: World, job: Job, isRetry = false) {
  const receiver = job.delivery.receiver as Receiver
  const { queues } = world.outbox
  const queue = queues.get(receiver) ?? { jobs: [], isBusy: false }
  queues.set(receiver, queue)
  if (isRetry) queue.jobs.unshift(job)
  else queue.jobs.push(job)
  if (!job.isReplay) job.delivery.state = 'waiting'
  if (queue.isBusy) return
  queue.isBusy = true
  // Later: the code that pushes has not finished its own change yet.
  setImmediate(() => void run())

  async function run() {
    for (
      let next = queue.jobs.shift();
      next && queues.get(receiver) === queue;
      next = queue.jobs.shift()
    )
      await attempt(world, next)
    queue.isBusy = false
    changed(world)
  }
}

async function attempt(world: World, job: Job): Promise<void> {
  const { delivery } = job
  const receiver = delivery.receiver as Receiver
  const kind = receiverKind(world, receiver)
  const url = urlOf(world, receiver)
  const address = world.pushes.addresses[addressOwner(receiver)]
  if (!kind || !address || url === null) return settle(world, job, 'nowhere', null)
  const { stops } = world.outbox
  const controller = new AbortController()
  const stop = () => controller.abort()
  stops.add(stop)
  const started = Date.now()
  const outcome = await post(world, url, delivery, kind, address, controller.signal)
  stops.delete(stop)
  if (controller.signal.aborted) return
  const ms = Date.now() - started
  delivery.attempts.push({
    at: new Date(started).toISOString(),
    ms,
    isLate: kind.mustSaySuccess && ms > prompt * world.outbox.secondMs,
    ...outcome.shown,
  })
  job.tries += 1
  if (outcome.isUnreached && !job.isReplay) return retry(world, job)
  settle(world, job, outcome.shown.error === null ? 'delivered' : 'failed', outcome.reply)
}

interface Outcome {
  shown: Pick<DeliveryAttempt, 'status' | 'answer' | 'error'>
  reply: ReadXml | null
  isUnreached: boolean
}

async function post(
  world: World,
  url: string,
  delivery: Delivery,
  kind: ReceiverKind,
  address: CallbackAddress,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    // By the real clock: a receiver compares it with its own, which does not move with the
    // sandbox's.
    const { query, body } = seal(
      letterOf(delivery, kind),
      kind,
      address,
      String(Math.floor(Date.now() / 1000)),
    )
    const contentType = address.format === 'json' ? 'application/json' : 'text/xml'
    return judge(
      await send('POST', url, query, {
        body,
        contentType,
        within: { seconds: deadline, secondMs: world.outbox.secondMs },
        signal,
      }),
      kind,
      address,
    )
  } catch (error) {
    // Whatever it is, the queue goes on.
    const words = error instanceof Error ? error.message : String(error)
    return {
      shown: { status: null, answer: null, error: words },
      reply: null,
      isUnreached: error instanceof Unreached,
    }
  }
}

/** Whether the answer is what the receiver's page asks for. A wrong one is not asked for again. */
function judge({ status, body }: Answer, kind: ReceiverKind, address: CallbackAddress): Outcome {
  const shown = { status, answer: body.slice(0, shownAnswer), error: null }
  const wrong = (error: string): Outcome => ({
    shown: { ...shown, error },
    reply: null,
    isUnreached: false,
  })
  if (status !== 200) return wrong(`it answered HTTP ${status} instead of 200`)
  if (body === 'success') return { shown, reply: null, isUnreached: false }
  if (kind.mustSaySuccess) return wrong('it must answer with the word success')
  if (body === '') return { shown, reply: null, isUnreached: false }
  try {
    const { reply, plain } = openReply(body, kind, address)
    return { shown: { ...shown, answer: plain.slice(0, shownAnswer) }, reply, isUnreached: false }
  } catch (error) {
    return wrong(
      `it answered neither with nothing, nor success, nor a passive reply: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function retry(world: World, job: Job) {
  const gap = retryGaps[job.tries - 1]
  if (gap === undefined) return settle(world, job, 'failed', null)
  const { stops } = world.outbox
  const timer = setTimeout(() => {
    stops.delete(stop)
    enqueue(world, job, true)
  }, gap * world.outbox.secondMs)
  timer.unref()
  const stop = () => clearTimeout(timer)
  stops.add(stop)
}

/** Its first sending decides what the push's cause is told. */
export function settle(
  world: World,
  { delivery, isReplay }: Job,
  state: Delivery['state'],
  reply: ReadXml | null,
) {
  // A replay can mend what failed; it does not spoil what was delivered.
  if (!isReplay || state === 'delivered') delivery.state = state
  if (isReplay) return
  const ask = world.outbox.askers.get(delivery.id)
  world.outbox.askers.delete(delivery.id)
  ask?.(reply, state === 'delivered')
}

/** The plaintext says whom it is to. */
function letterOf({ body }: Delivery, kind: ReceiverKind): Letter {
  const content = body.startsWith('<')
    ? readXml(body)
    : (JSON.parse(body) as Record<string, unknown>)
  const text = (name: string) => (typeof content[name] === 'string' ? content[name] : '')
  const openid = text('FromUserName') || null
  if (kind.platform === 'wecom')
    return { plain: body, to: { name: 'ToUserName', value: kind.receiveId }, openid }
  if (text('AppId') !== '')
    return { plain: body, to: { name: 'AppId', value: text('AppId') }, openid: null }
  return { plain: body, to: { name: 'ToUserName', value: text('ToUserName') }, openid }
}
