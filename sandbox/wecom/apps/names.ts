import type { SceneMember } from '../../scenes/scene.ts'
import type { Caller } from '../access.ts'

/**
 * The name of a member or department as an app gets it (WW-96255): a third-party app the id in its
 * place, a customized one nothing unless the admin granted it. Pages show the name with the
 * 通讯录展示组件 instead.
 */
export function nameFor({ app }: Caller, id: string, name: string): { name?: string } {
  if (app.mode === 'thirdparty') return { name: id }
  return app.mode === 'own' || app.permissions.includes('contact:sensitive:user_name')
    ? { name }
    : {}
}

/** 全局唯一的 open_userid, for third-party apps only (WW-96259). */
export function openUseridFor({ app, ids }: Caller, { id }: SceneMember): { open_userid?: string } {
  return app.mode === 'thirdparty' ? { open_userid: ids.member(id) } : {}
}
