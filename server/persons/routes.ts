import {
  answerQuestion,
  listMerges,
  listQuestions,
  undoMerge,
} from '../../shared/contract/identity.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { serve } from '../base/http/serve.ts'
import { answer, questionsAbout } from './questions.ts'
import { mayRead } from './may-read.ts'
import { mergesAbout, undoByMember } from './merges.ts'

export function personRoutes(router: ApiRouter): void {
  serve(router, listQuestions, async ({ params, session }, ctx) => ({
    items: await questionsAbout(
      ctx,
      session,
      await mayRead(ctx, { ...session, personId: params.id }),
    ),
    next: null,
  }))

  serve(router, answerQuestion, ({ params, body, session }, ctx) =>
    answer(ctx, session, params.id, body.answer),
  )

  serve(router, listMerges, async ({ params, session }, ctx) => ({
    items: await mergesAbout(ctx, session, await mayRead(ctx, { ...session, personId: params.id })),
    next: null,
  }))

  serve(router, undoMerge, ({ params, session }, ctx) => undoByMember(ctx, session, params.id))
}
