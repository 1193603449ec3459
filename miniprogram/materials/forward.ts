import * as v from 'valibot'
import { forwardShare } from '../../shared/contract/materials.ts'
import { Id } from '../../shared/contract/values.ts'
import { call } from '../bridge/api.ts'
import { isConnectionFailure } from '../bridge/failures.ts'
import { onBackOnline } from '../bridge/network.ts'
import { load, save } from '../bridge/storage.ts'

const storageKey = 'chatside.forwards'

const Forward = v.object({ parentId: Id, childId: Id })
type Forward = v.InferOutput<typeof Forward>

function waiting(): Forward[] {
  const stored = v.safeParse(v.array(Forward), load(storageKey))
  return stored.success ? stored.output : []
}

/**
 * Registers the child share whose path WeChat already has. Without a network it is stored and sent
 * later, because a forwarded card must open. Repeating it changes nothing.
 */
export async function registerForward(parentId: string, childId: string): Promise<void> {
  save(storageKey, [...waiting(), { parentId, childId }])
  try {
    await call(forwardShare, { params: { id: parentId }, body: { id: childId } })
  } catch (failure) {
    if (isConnectionFailure(failure)) return
    // Refused for good: the share is gone, or the id was issued to an earlier visitor.
  }
  drop(childId)
}

function drop(childId: string): void {
  save(
    storageKey,
    waiting().filter((forward) => forward.childId !== childId),
  )
}

async function resend(): Promise<void> {
  for (const { parentId, childId } of waiting()) {
    try {
      await call(forwardShare, { params: { id: parentId }, body: { id: childId } })
    } catch (failure) {
      if (isConnectionFailure(failure)) return
    }
    drop(childId)
  }
}

/** Called once at launch. */
export function keepForwards(): void {
  onBackOnline(() => void resend())
  if (waiting().length > 0) void resend()
}
