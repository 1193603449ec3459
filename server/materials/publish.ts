import { fileTypeFromBuffer } from 'file-type'
import type { Context } from '../base/context.ts'
import { fail } from '../base/problem.ts'
import { filesByIds, keepImage, keepPublished, readKept, type StoredFile } from '../files/index.ts'
import { drawPages, drawingTurns } from './document/draw.ts'
import {
  imagesIn,
  mostArticleCharacters,
  mostOpenElements,
  openElements,
  sanitiseArticle,
} from './sanitise.ts'
import { insertMaterial, type MaterialRow, type StoredBody } from './store.ts'

export type BodyDraft =
  /** Images by the address of one of our own public files. */
  | { kind: 'article'; html: string }
  /** A PDF. */
  | { kind: 'file'; name: string; bytes: Uint8Array }
  | { kind: 'image'; bytes: Uint8Array }
  /** An MP4. */
  | { kind: 'video'; bytes: Uint8Array; seconds: number; poster: Uint8Array | null }
  | { kind: 'link'; url: string }

export interface MaterialDraft {
  corpId: string
  title: string
  summary: string
  categoryId: string | null
  /** Null: the cover comes from the body, which then must hold a picture. */
  cover: Uint8Array | null
  body: BodyDraft
  /** When it counts as published; now by default. */
  at?: Date
}

const mostTitle = 100
const mostSummary = 300

/**
 * Adds a material to the library. All slow or risky work (sanitising, drawing the pages of a PDF)
 * happens here once, and never while reading.
 * @throws Problem `invalid_request`, `file_type_refused`, `image_too_large`, `document_refused`
 */
export async function publish(ctx: Context, draft: MaterialDraft): Promise<MaterialRow> {
  const { corpId, categoryId } = draft
  const title = words('title', draft.title, 1, mostTitle)
  const summary = words('summary', draft.summary, 0, mostSummary)
  const { body, picture } = await prepare(ctx, corpId, draft.body)
  const bytes = draft.cover ?? (picture && (await readKept(ctx, picture)))
  if (!bytes) refuse('cover', 'must be given: there is no picture in the material to take')
  const cover = await keepImage(ctx, {
    corpId,
    name: 'cover',
    bytes,
    access: 'public',
    ownerIdentityId: null,
    shape: 'cover',
  })
  const at = draft.at ?? ctx.clock.now()
  const row: MaterialRow = {
    id: ctx.random.id(),
    corpId,
    kind: body.kind,
    title,
    summary,
    coverFileId: cover.id,
    categoryId,
    body,
    createdAt: at,
    updatedAt: at,
  }
  await insertMaterial(ctx.db, row)
  return row
}

/** Stores a picture of a material, which everybody may see. */
export function keepPicture(
  ctx: Context,
  corpId: string,
  name: string,
  bytes: Uint8Array,
): Promise<StoredFile> {
  return keepImage(ctx, { corpId, name, bytes, access: 'public', ownerIdentityId: null })
}

interface Prepared {
  body: StoredBody
  /** A picture that may serve as the cover. */
  picture: StoredFile | null
}

async function prepare(ctx: Context, corpId: string, draft: BodyDraft): Promise<Prepared> {
  switch (draft.kind) {
    case 'article':
      return prepareArticle(ctx, corpId, draft.html)
    case 'file':
      return prepareDocument(ctx, corpId, draft)
    case 'image': {
      const image = await keepPicture(ctx, corpId, 'image', draft.bytes)
      return { body: { kind: 'image', fileId: image.id }, picture: image }
    }
    case 'video':
      return prepareVideo(ctx, corpId, draft)
    case 'link':
      return { body: { kind: 'link', url: webAddress(draft.url) }, picture: null }
  }
}

async function prepareArticle(ctx: Context, corpId: string, html: string): Promise<Prepared> {
  if (html.length > mostArticleCharacters)
    refuse('body.html', `must have at most ${mostArticleCharacters} characters`)
  if (openElements(html) > mostOpenElements)
    refuse('body.html', `must not have more than ${mostOpenElements} elements open at once`)
  const shown = imagesIn(html)
  const found = await filesByIds(ctx.db, shown)
  // In the article's order, because the first one may become the cover.
  const ours = shown
    .flatMap((id) => found.get(id) ?? [])
    .filter((file) => file.corpId === corpId && file.access === 'public' && file.width !== null)
  const sizes = new Map(
    ours.map(({ id, width, height }) => [id, { width: width ?? 0, height: height ?? 0 }]),
  )
  return { body: { kind: 'article', html: sanitiseArticle(html, sizes) }, picture: ours[0] ?? null }
}

async function prepareDocument(
  ctx: Context,
  corpId: string,
  { name, bytes }: { name: string; bytes: Uint8Array },
): Promise<Prepared> {
  await expectType(bytes, 'application/pdf', 'a PDF')
  const pages: StoredFile[] = []
  await ctx.memory.get(drawingTurns)(async () => {
    for await (const page of drawPages(bytes)) pages.push(await keepPage(page, pages.length + 1))
  })
  const file = await keepPublished(ctx, {
    corpId,
    name: words('name', name, 1, 100),
    bytes,
    mediaType: 'application/pdf',
  })
  return {
    body: { kind: 'file', fileId: file.id, pageFileIds: pages.map(({ id }) => id) },
    picture: pages[0] ?? null,
  }

  function keepPage(page: Uint8Array, number: number): Promise<StoredFile> {
    const of = { corpId, access: 'public', ownerIdentityId: null } as const
    return keepImage(ctx, { ...of, name: `page-${number}`, bytes: page, shape: 'page' })
  }
}

async function prepareVideo(
  ctx: Context,
  corpId: string,
  { bytes, seconds, poster }: { bytes: Uint8Array; seconds: number; poster: Uint8Array | null },
): Promise<Prepared> {
  await expectType(bytes, 'video/mp4', 'an MP4 film')
  if (!(seconds > 0 && seconds <= 86_400)) refuse('seconds', 'must be the length of the film')
  const picture = poster && (await keepPicture(ctx, corpId, 'poster', poster))
  const file = await keepPublished(ctx, { corpId, name: 'film.mp4', bytes, mediaType: 'video/mp4' })
  return {
    body: { kind: 'video', fileId: file.id, posterFileId: picture?.id ?? null, seconds },
    picture,
  }
}

async function expectType(bytes: Uint8Array, mediaType: string, name: string): Promise<void> {
  const type = await fileTypeFromBuffer(bytes)
  if (type?.mime !== mediaType) fail('file_type_refused', `The file is not ${name} by its content`)
}

function webAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol))
    refuse('url', 'must be an http:// or https:// address')
  return url.href
}

function words(field: string, text: string, least: number, most: number): string {
  const trimmed = text.trim()
  if (trimmed.length < least || trimmed.length > most)
    refuse(field, `must have ${least} to ${most} characters`)
  return trimmed
}

function refuse(field: string, message: string): never {
  fail('invalid_request', `${field}: ${message}`, { errors: [{ field, message }] })
}
