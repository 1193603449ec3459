import type pg from 'pg'

/**
 * The table to which `plain-koa.ts` appends. It has a key, so that a repeat is recognised, and no
 * other index.
 */
export const plainTable = 'bench_plain'

export async function makePlainTable(pool: pg.Pool): Promise<void> {
  await pool.query(`drop table if exists ${plainTable};
    create table ${plainTable} (id uuid primary key, corp_id text not null,
      identity_id uuid not null, kind text not null, visit_id uuid, share_id uuid,
      occurred_at timestamptz not null, received_at timestamptz not null default now(),
      properties jsonb not null)`)
}

export const pageSize = 20

/** A page of one identity's moments, without names, permission, or the other identities. */
export const bareKeyset = `select id, kind, occurred_at, material_id, share_id, active_seconds
  from moments
  where identity_id = $1::uuid and (occurred_at, id) < ($2::timestamptz, $3::uuid)
  order by occurred_at desc, id desc limit ${pageSize}`
export const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
