import type { World } from '../../state/world.ts'
import type { App } from './state.ts'

type Departments = Pick<World, 'departments'>

/** The department and everything below it. */
export function departmentsBelow({ departments }: Departments, top: number): number[] {
  const below: number[] = []
  const next = departments.some(({ id }) => id === top) ? [top] : []
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    below.push(id)
    const found = id
    next.push(
      ...departments
        .filter((one) => one.parentId === found && one.id !== found)
        .map((one) => one.id),
    )
  }
  return below
}

/** Sets the visible range (可见范围): members by id, and departments with everything below them. */
export function setVisible(world: Departments, app: App, { members, departments }: App['visible']) {
  app.visible = {
    members: [...members],
    departments: [...new Set(departments.flatMap((id) => departmentsBelow(world, id)))],
  }
}

/** The departments that an admin chose: those whose parent is not in the range too. */
export function chosenDepartments(world: Departments, { visible }: App): number[] {
  const parents = new Map(world.departments.map(({ id, parentId }) => [id, parentId]))
  return visible.departments.filter((id) => !visible.departments.includes(parents.get(id) ?? 0))
}

/**
 * The departments that an app may ask about: its range, and the way from the top to what is in it.
 * How the platform treats an app that sees members but no department its pages do not say; here the
 * members' departments can be asked for, with nobody else in them.
 */
export function seenDepartments(
  world: Pick<World, 'departments' | 'members'>,
  { visible }: App,
): World['departments'] {
  const parents = new Map(world.departments.map(({ id, parentId }) => [id, parentId]))
  const homes = world.members
    .filter(({ id }) => visible.members.includes(id))
    .map(({ departmentId }) => departmentId)
  const seen = new Set<number>()
  for (const start of [...visible.departments, ...homes]) {
    for (
      let id: number | undefined = start;
      id !== undefined && !seen.has(id);
      id = parents.get(id)
    )
      seen.add(id)
  }
  return world.departments.filter(({ id }) => seen.has(id))
}
