import { startBareKoa } from './bare.ts'
import { ask, type Ground } from './ground.ts'
import type { Load } from './load.ts'
import { report } from './report.ts'
import { rounds, seconds } from './size.ts'
import { printTable } from './table.ts'

function signatureUrl(ground: Ground, kind: 'agent' | 'corp', page: string): string {
  return `${ground.servers[0]}${signaturePath(ground, kind, page)}`
}

function signaturePath(ground: Ground, kind: 'agent' | 'corp', page: string): string {
  return `/api/wecom/signature?kind=${kind}&url=${encodeURIComponent(`${ground.webview}/sidebar/${page}`)}`
}

/**
 * Counts how often 200 requests on a cold server ask WeCom. It must run before any other request
 * for a signature.
 */
export async function upstreamCalls(ground: Ground): Promise<void> {
  const path = (call: { path: string }) => call.path
  const calls = async () =>
    (
      await ask<{ items: { path: string }[] }>(`${ground.sandbox}/_sandbox/calls?service=wecom`)
    ).items.map(path)
  const urls = Array.from({ length: 200 }, (_, index) =>
    signatureUrl(ground, index % 2 ? 'agent' : 'corp', `?page=${index}`),
  )
  const worker = async () => {
    for (let url = urls.pop(); url; url = urls.pop()) await ask(url, ground.member)
  }
  await Promise.all(Array.from({ length: 50 }, worker))
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

/** Compares the signature endpoint with a Koa that answers a constant, in turns. */
export async function signatureThroughput(ground: Ground): Promise<void> {
  const bare = await startBareKoa()
  const ours: Load[] = []
  const koa: Load[] = []
  const load = (origin: string, path: string) =>
    ground.generator.http({
      origins: [origin],
      connections: 50,
      seconds,
      requests: { kind: 'get', paths: [path], headers: ground.member },
    })
  try {
    for (let round = 0; round <= rounds; round++) {
      const one = await load(bare.origin, '/')
      const other = await load(ground.servers[0] ?? '', signaturePath(ground, 'agent', ''))
      // The first round warms both up.
      if (round === 0) continue
      koa.push(one)
      ours.push(other)
    }
  } finally {
    bare.stop()
  }
  const rates = (loads: Load[]) => loads.map((load) => load.perSecond)
  const tails = (loads: Load[]) => loads.map((load) => load.p99)
  report('GET /api/wecom/signature, 50 connections', [
    { what: 'bare Koa', unit: 'per second', samples: rates(koa) },
    {
      what: 'signature ÷ bare Koa',
      unit: 'per second',
      samples: rates(ours),
      limit: rates(koa),
      goal: { atLeast: 0.7 },
    },
    {
      what: 'p99 ÷ that of bare Koa',
      unit: 'ms',
      samples: tails(ours),
      limit: tails(koa),
      goal: { atMost: 2 },
    },
  ])
}
