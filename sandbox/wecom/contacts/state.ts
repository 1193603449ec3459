import type { Scene, SceneTag } from '../../scenes/scene.ts'

declare module '../../state/world.ts' {
  interface Slices {
    contacts: ContactsState
  }
}

/** Plain data only: it is copied by snapshots. Times are milliseconds of the platforms' clock. */
export interface ContactsState {
  /** Members whom the admin has not given 客户联系: 84074. */
  withoutFeature: string[]
  /**
   * Greetings that an admin has set for members; with one there is no welcome code. By member id.
   */
  greetings: Record<string, string>
  /** Customers who wait until a member has verified them. */
  applications: Application[]
  welcomes: Welcome[]
  /** Between whom the next greeting does not arrive. */
  failingWelcomes: { memberId: string; customerId: string }[]
  ways: ContactWay[]
  tempChats: TempChat[]
  joinWays: JoinWay[]
  groupWelcomes: GroupWelcome[]
  masses: Mass[]
  deletedTags: DeletedTag[]
  /**
   * Who stands behind a mini program or official account and whether it is verified, by appid.
   * Without one: the corp's own, verified.
   */
  subjects: Record<string, Subject>
  pendings: Pending[]
  /** By app key. */
  massCallTickets: Record<string, { ticket: string; issuedAt: number }>
  transfers: Transfer[]
  /** Customers of members who have left, also after they were given to others. */
  unassigned: Unassigned[]
}

export interface Application {
  memberId: string
  customerId: string
  addWay: number
  state: string | null
}

export interface Welcome {
  code: string
  memberId: string
  customerId: string
  at: number
  /** When an app began to send its greeting; it stands in the chat a moment later. */
  sentAt: number | null
  /** That greeting does not arrive. */
  fails: boolean
}

/** 「联系我」 (WW-96348). */
export interface ContactWay {
  configId: string
  type: number
  scene: number
  style: number
  remark: string
  skipVerify: boolean
  state: string
  users: string[]
  parties: number[]
  isTemp: boolean
  expiresIn: number
  chatExpiresIn: number
  unionid: string
  isExclusive: boolean
  markSource: boolean
  conclusions: Record<string, unknown> | null
  createdAt: number
  scans: number
}

/** A conversation by a temporary code; it ends by itself. */
export interface TempChat {
  memberId: string
  customerId: string
  endsAt: number
  conclusions: Record<string, unknown> | null
}

/** 加入群聊 (WW-92229). */
export interface JoinWay {
  configId: string
  scene: number
  remark: string
  autoCreateRoom: number
  roomBaseName: string
  roomBaseId: number
  chatIds: string[]
  state: string
  markSource: boolean
}

/** 入群欢迎语素材, as it was given. */
export interface GroupWelcome {
  id: string
  app: string
  content: Record<string, unknown>
}

/** 企业群发 (WW-96366). */
export interface Mass {
  id: string
  chatType: 'single' | 'group'
  app: string
  createdAt: number
  text: string
  attachments: Record<string, unknown>[]
  allowSelect: boolean
  tasks: MassTask[]
  cancelled: boolean
  reminders: number[]
}

export interface MassTask {
  memberId: string
  /** `null`: the member has not confirmed yet. */
  sentAt: number | null
  targets: MassTarget[]
}

export interface MassTarget {
  /** Customer id or chat id. */
  id: string
  /** 0 unsent, 1 sent, 2 no friend, 3 got its share of mass messages already. */
  status: 0 | 1 | 2 | 3
}

export interface DeletedTag {
  group: SceneTag
  tag: SceneTag
}

export interface Subject {
  of: 'corp' | 'provider' | 'other'
  verified: boolean
}

/** Stands for a person who is not a customer yet (WW-97108). */
export interface Pending {
  id: string
  provider: string
  customerId: string
  issuedAt: number
}

/** 在职继承 (WW-94088): 1 done, 2 waiting, 3 the customer refused, 4 the receiver has too many. */
export interface Transfer {
  customerId: string
  from: string
  to: string
  status: 1 | 2 | 3 | 4
  askedAt: number
  doneAt: number | null
  message: string
}

export interface Unassigned {
  memberId: string
  customerId: string
  leftAt: number
}

export function createContacts(_scene: Scene): ContactsState {
  return {
    withoutFeature: [],
    greetings: {},
    applications: [],
    welcomes: [],
    failingWelcomes: [],
    ways: [],
    tempChats: [],
    joinWays: [],
    groupWelcomes: [],
    masses: [],
    deletedTags: [],
    subjects: {},
    pendings: [],
    massCallTickets: {},
    transfers: [],
    unassigned: [],
  }
}
