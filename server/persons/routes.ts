import {
  answerQuestion,
  listMerges,
  listQuestions,
  undoMerge,
  verifyPhone,
} from '../../shared/contract/identity.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { serve } from '../base/http/serve.ts'
import { answer, questionsAbout } from './questions.ts'
import { mayRead } from './may-read.ts'
import { mergesAbout, undoByMember } from './merges.ts'
import { phoneOf } from '../identity/phone.ts'

export function identityRoutes(router: ApiRouter): void {
  serve(router, listQuestions, async ({ params, session }, ctx) => ({
    items: await questionsAbout(ctx, await mayRead(ctx, { ...session, personId: params.id })),
    next: null,
  }))

  serve(router, answerQuestion, ({ params, body, session }, ctx) =>
    answer(ctx, session, params.id, body.answer),
  )

  serve(router, listMerges, async ({ params, session }, ctx) => ({
    items: await mergesAbout(ctx, await mayRead(ctx, { ...session, personId: params.id })),
    next: null,
  }))

  serve(router, verifyPhone, ({ body, session }, ctx) => phoneOf(ctx, session, body.code))

  serve(router, undoMerge, ({ params, session }, ctx) => undoByMember(ctx, session, params.id))
}
