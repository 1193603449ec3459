import * as v from 'valibot'
import {
  chooseTracking,
  erasePerson,
  exportPersonalData,
  getPrivacy,
  type PrivacyChoice,
  privacyTextVersion,
} from '../../shared/contract/privacy.ts'
import { createMiniprogramSession, endSession, getSettings } from '../../shared/contract/session.ts'
import { track, TrackedEvent, trackingIsOff } from '../../shared/contract/track.ts'
import { type Asked, ContractServer, Refusal } from '../../shared/testing/contract-server.ts'

/**
 * The server's part that every visitor needs: settings, sign-in, tracking, privacy. It knows tokens
 * and stores tracked events; a scene adds the rest.
 */
export class VisitorServer extends ContractServer {
  readonly events: TrackedEvent[] = []
  /** Tokens that are refused from now on. */
  readonly expired = new Set<string>()
  logins = 0
  choice: PrivacyChoice = {
    textVersion: privacyTextVersion,
    tracking: true,
    decidedAt: null,
    agreedTo: null,
    notice: { controller: '启明机电', contact: null, reportDays: 400, pushDays: 30 },
  }
  erased = 0
  private readonly tokens = new Set<string>()
  /** Of the request that is being answered. */
  private token = ''

  constructor() {
    super({ admit: (request) => this.admit(request) })
    this.on(getSettings, () => ({
      corpName: '启明机电',
      miniprogramAppId: null,
      mapTilesUrl: null,
    }))
    this.on(createMiniprogramSession, () => {
      this.logins += 1
      const token = `token-${this.logins}`
      this.tokens.add(token)
      // After an erasure the same openid is another visitor.
      const id = `01900000-0000-7000-8000-00000000000${1 + this.erased}`
      return {
        token,
        expiresAt: '2099-01-01T00:00:00.000Z',
        session: { kind: 'visitor' as const, corp: { id: 'ww1' }, identityId: id, personId: id },
      }
    })
    this.on(endSession, () => {
      this.tokens.delete(this.token)
      return undefined
    })
    this.on(track, ({ body }) => {
      const known = new Set(this.events.map((event) => event.id))
      const parsed = body.events.map((event) => v.parse(TrackedEvent, event))
      if (!this.choice.tracking)
        return {
          accepted: 0,
          refused: parsed.map(({ id }, index) => ({ index, id, field: '', reason: trackingIsOff })),
        }
      this.events.push(...parsed.filter((event) => !known.has(event.id)))
      return { accepted: parsed.length, refused: [] }
    })
    this.on(getPrivacy, () => this.choice)
    this.on(chooseTracking, ({ body }) => {
      const { agreed, textVersion } = body
      this.choice = {
        ...this.choice,
        tracking: agreed,
        decidedAt: '2026-11-21T08:00:00.000Z',
        agreedTo: agreed ? textVersion : null,
      }
      return this.choice
    })
    this.on(exportPersonalData, () => {
      const personId = '01900000-0000-7000-8000-0000000000ff'
      const none = {
        identities: [],
        evidence: [],
        contacts: [],
        consents: [],
        pushes: [],
        shares: [],
        photos: [],
        workorders: [],
      }
      return {
        exportedAt: '2026-11-21T08:00:00.000Z',
        personId,
        ...none,
        moments: [{ id: 'one' }],
        events: this.events.map((event) => ({ ...event })),
      }
    })
    this.on(erasePerson, () => {
      this.erased += 1
      this.events.length = 0
      this.tokens.clear()
      return { state: 'done' as const }
    })
  }

  private admit({ headers }: Asked): void {
    this.token = headers.authorization?.replace(/^Bearer /, '') ?? ''
    if (this.expired.has(this.token)) throw new Refusal('session_expired')
    if (!this.tokens.has(this.token)) throw new Refusal('unauthenticated')
  }
}
