import type {
  Material,
  MaterialBody,
  MaterialSummary,
  Picture,
} from '../../shared/contract/materials.ts'
import type { Context } from '../base/context.ts'
import { fileUrl, filesByIds, pictureOf, type StoredFile } from '../files/index.ts'
import { withImageAddresses } from './sanitise.ts'
import type { MaterialRow, StoredBody } from './store.ts'

type Files = ReadonlyMap<string, StoredFile>

export async function presentSummaries(
  ctx: Context,
  rows: readonly MaterialRow[],
): Promise<MaterialSummary[]> {
  const files = await filesByIds(
    ctx.db,
    rows.flatMap((row) => row.coverFileId ?? []),
  )
  return rows.map((row) => presentSummary(ctx, row, files))
}

export async function presentMaterial(ctx: Context, row: MaterialRow): Promise<Material> {
  const files = await filesByIds(ctx.db, [
    ...(row.coverFileId === null ? [] : [row.coverFileId]),
    ...filesIn(row.body),
  ])
  return { ...presentSummary(ctx, row, files), body: presentBody(ctx, row, files) }
}

function presentSummary(ctx: Context, row: MaterialRow, files: Files): MaterialSummary {
  const { id, kind, title, summary, coverFileId, categoryId } = row
  return {
    id,
    kind,
    title,
    summary,
    cover: picture(ctx, coverFileId, files),
    categoryId,
    updatedAt: row.updatedAt.toISOString(),
  }
}

function filesIn(body: StoredBody): string[] {
  switch (body.kind) {
    case 'file':
      return [body.fileId, ...body.pageFileIds]
    case 'image':
      return [body.fileId]
    case 'video':
      return [body.fileId, ...(body.posterFileId === null ? [] : [body.posterFileId])]
    case 'article':
    case 'link':
      return []
  }
}

function presentBody(ctx: Context, { id, body }: MaterialRow, files: Files): MaterialBody {
  switch (body.kind) {
    case 'article':
      return {
        kind: 'article',
        html: withImageAddresses(body.html, (fileId) =>
          fileUrl(ctx, { id: fileId, access: 'public' }),
        ),
      }
    case 'file': {
      const file = needed(files, body.fileId, id)
      const pages = body.pageFileIds.map((fileId) => pictureOf(ctx, needed(files, fileId, id)))
      return {
        kind: 'file',
        name: file.name,
        bytes: file.bytes,
        downloadUrl: fileUrl(ctx, file),
        pages,
      }
    }
    case 'image':
      return { kind: 'image', image: pictureOf(ctx, needed(files, body.fileId, id)) }
    case 'video':
      return {
        kind: 'video',
        videoUrl: fileUrl(ctx, needed(files, body.fileId, id)),
        seconds: body.seconds,
        poster: picture(ctx, body.posterFileId, files),
      }
    case 'link':
      return { kind: 'link', url: body.url, host: new URL(body.url).host }
  }
}

function picture(ctx: Context, fileId: string | null, files: Files): Picture | null {
  const file = fileId === null ? undefined : files.get(fileId)
  return file ? pictureOf(ctx, file) : null
}

function needed(files: Files, fileId: string, materialId: string): StoredFile {
  const file = files.get(fileId)
  if (!file) throw new Error(`file ${fileId} of material ${materialId} is gone`)
  return file
}
