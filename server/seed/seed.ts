import { readFile } from 'node:fs/promises'
import type { Context } from '../base/context.ts'
import { fileUrl } from '../files/index.ts'
import {
  ensureCategories,
  keepPicture,
  type MaterialDraft,
  publish,
  titlesOf,
} from '../materials/index.ts'
import { insertEquipment } from '../equipment/index.ts'
import { onlyCorp } from '../connections/index.ts'
import { catalogue, categoryNames, machines, type SeedMaterial } from './catalogue.ts'

const seedLock = 4_276_102
const dayMs = 24 * 60 * 60_000

/**
 * Fills the material library of the corp with the demonstration catalogue, unless it holds other
 * materials. Two servers that start at once seed once. The next start completes an interrupted
 * seeding.
 * @returns how many materials were added
 */
export async function seedDemo(ctx: Context): Promise<number> {
  const client = await ctx.db.$client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [seedLock])
    try {
      return await seedLibrary(ctx)
    } finally {
      await client.query('select pg_advisory_unlock($1)', [seedLock])
    }
  } finally {
    client.release()
  }
}

async function seedLibrary(ctx: Context): Promise<number> {
  const { corpId } = onlyCorp(ctx)
  const known = await titlesOf(ctx.db, corpId)
  const ours = new Set(catalogue.map(({ title }) => title))
  if ([...known].some((title) => !ours.has(title))) return 0
  const missing = catalogue.filter(({ title }) => !known.has(title))
  if (missing.length === 0) return 0

  await insertEquipment(
    ctx.db,
    machines.map((machine) => ({ id: ctx.random.id(), corpId, ...machine })),
  )
  const categories = await ensureCategories(ctx, corpId, categoryNames)
  for (const material of missing)
    await publish(ctx, await draftOf(ctx, corpId, material, categories))
  ctx.log.info({ materials: missing.length }, 'the demonstration catalogue is in the library')
  return missing.length
}

async function draftOf(
  ctx: Context,
  corpId: string,
  material: SeedMaterial,
  categories: ReadonlyMap<string, string>,
): Promise<MaterialDraft> {
  const { title, summary, cover, category } = material
  // Published one after the other over the last weeks, as a library grows.
  const age = catalogue.indexOf(material) * 4 * dayMs
  return {
    corpId,
    title,
    summary,
    categoryId: categories.get(category) ?? null,
    cover: await asset(cover),
    body: await bodyOf(ctx, corpId, material.body),
    at: new Date(ctx.clock.now().getTime() - age),
  }
}

async function bodyOf(
  ctx: Context,
  corpId: string,
  body: SeedMaterial['body'],
): Promise<MaterialDraft['body']> {
  switch (body.kind) {
    case 'article': {
      let { html } = body
      for (const name of body.pictures) {
        const picture = await keepPicture(ctx, corpId, name, await asset(name))
        html = html.replace(`{{${name}}}`, fileUrl(ctx, picture))
      }
      return { kind: 'article', html }
    }
    case 'file':
      return { kind: 'file', name: body.name, bytes: await asset(body.asset) }
    case 'image':
      return { kind: 'image', bytes: await asset(body.asset) }
    case 'video':
      return {
        kind: 'video',
        bytes: await asset(body.asset),
        seconds: body.seconds,
        poster: await asset(body.poster),
      }
    case 'link':
      return body
  }
}

function asset(name: string): Promise<Buffer> {
  return readFile(new URL(`./assets/${name}`, import.meta.url))
}
