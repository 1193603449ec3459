import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ask, type Ground } from './ground.ts'
import { load, type Load } from './load.ts'
import { median, milliseconds, perSecond, printTable, ratio } from './table.ts'

function signatureUrl(ground: Ground, kind: 'agent' | 'corp', page: string): string {
  return `${ground.servers[0]}/api/wecom/signature?kind=${kind}&url=${encodeURIComponent(`${ground.webview}/sidebar/${page}`)}`
}

/** How often 200 requests on a cold server ask WeCom. Must run before anything else has asked for a signature. */
export async function upstreamCalls(ground: Ground): Promise<void> {
  const path = (call: { path: string }) => call.path
  const calls = async () => (await ask<{ items: { path: string }[] }>(`${ground.sandbox}/_sandbox/calls?service=wecom`)).items.map(path)
  const urls = Array.from({ length: 200 }, (_, index) => signatureUrl(ground, index % 2 ? 'agent' : 'corp', `?page=${index}`))
  const worker = async () => {
    for (let url = urls.pop(); url; url = urls.pop()) await ask(url, ground.member)
  }
  await Promise.all(Array.from({ length: 50 }, worker))
  // The token was asked for once already, when the scene was set.
  const asked = await calls()
  const count = (part: string) => asked.filter((name) => name.includes(part)).length
  printTable(
    '200 signature requests for 200 addresses, 50 at a time, no ticket known (budget: at most 1 each)',
    ['upstream call', 'times'],
    [
      ['gettoken', String(count('gettoken'))],
      ['get_jsapi_ticket (corp)', String(count('get_jsapi_ticket'))],
      ['ticket/get (agent)', String(count('ticket/get'))],
    ],
  )
}

/** The signature endpoint against Koa with one constant answer, in turns. */
export async function signatureThroughput(ground: Ground): Promise<void> {
  const bare = fork(fileURLToPath(new URL('bare-koa.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
  const [{ port }] = (await once(bare, 'message')) as [{ port: number }]
  const ours: Load[] = []
  const koa: Load[] = []
  const options = { connections: 50, seconds: 4, headers: ground.member }
  for (let round = 0; round < 4; round++) {
    const one = await load(`http://localhost:${port}/`, options)
    const other = await load(signatureUrl(ground, 'agent', ''), options)
    // The first round warms both up.
    if (round > 0) {
      koa.push(one)
      ours.push(other)
    }
  }
  bare.disconnect()
  const middle = (loads: Load[], of: (load: Load) => number) => median(loads.map(of))
  const row = (name: string, loads: Load[]) => [
    name,
    perSecond(middle(loads, (one) => one.perSecond)),
    milliseconds(middle(loads, (one) => one.p50)),
    milliseconds(middle(loads, (one) => one.p99)),
  ]
  const quotient = (of: (load: Load) => number) => ratio(middle(ours, of) / middle(koa, of))
  printTable(
    'GET /api/wecom/signature ÷ bare Koa, 50 connections, median of 3 (budget: ≥ 0.60, p99 ≤ 3 ×)',
    ['', 'requests', 'p50', 'p99'],
    [
      row('bare Koa', koa),
      row('signature', ours),
      ['ratio', quotient((one) => one.perSecond), quotient((one) => one.p50), quotient((one) => one.p99)],
    ],
  )
}
