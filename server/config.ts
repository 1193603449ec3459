import { resolve } from 'node:path'
import * as v from 'valibot'
import { readOrMakeSecret } from './base/kept-secret.ts'

/**
 * What the environment tells the installation. It is checked once at the start; lists, numbers and
 * addresses are ready to use.
 */
export interface Config {
  readonly production: boolean
  readonly host: string
  readonly port: number
  /** The public origin of the server, without a slash at the end. */
  readonly publicUrl: string
  /** Null means the embedded PostgreSQL under `dataDir`. */
  readonly databaseUrl: string | null
  /** An absolute path. */
  readonly dataDir: string
  readonly sessionSecret: string
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** Opens /metrics. */
  readonly metricsToken: string | null
  /** Whether the configuration says that callers from this machine are no proxy. */
  readonly unproxied: boolean
  /** Calls per minute and session or address; 0 = unlimited (load tests). */
  readonly rateLimit: number
  /**
   * Raw events are deleted by whole months, once a month is older than so many days; 0 = kept for
   * ever. Moments stay.
   */
  readonly eventRetentionDays: number
  /**
   * Pushes of the platforms are deleted after so many days, failed ones after ten times as many; 0
   * = kept for ever.
   */
  readonly callbackRetentionDays: number
  /**
   * For how many hours a stored answer of WeCom still says who follows whom, and who is a member,
   * while WeCom does not answer; 0 = not at all. A refusal is never overruled.
   */
  readonly staleRightsHours: number
  /**
   * Photos that no work order names are deleted after so many days; 0 = kept for ever. A draft on a
   * phone may name them until then.
   */
  readonly unusedPhotoDays: number
  /**
   * A client that sends a body, or takes an answer, so slowly that nothing moves for so long is let
   * go.
   */
  readonly clientPatienceMs: number
  /**
   * How many reverse proxies stand in front. The server trusts that many X-Forwarded-For entries.
   */
  readonly proxies: number
  /** Whether an empty library is filled with the demonstration catalogue. */
  readonly seed: boolean
  readonly mapTilesUrl: string | null
  /**
   * What the privacy page says about who answers for the data. Without a controller it names the
   * corp; without a contact it sends the reader to their sales contact.
   */
  readonly privacy: { readonly controller: string | null; readonly contact: string | null }
  /**
   * 32 bytes that encrypt the secrets in the database. Null means that a file of `dataDir` keeps
   * the key.
   */
  readonly secretsKey: Buffer | null
  /** The key that the rewrap command changes to. */
  readonly nextSecretsKey: Buffer | null
  /** Where the platforms are: at Tencent, or in a sandbox. */
  readonly wecom: { readonly apiUrl: string }
  readonly wechat: {
    readonly apiUrl: string
    /** The authorize pages of both platforms. */
    readonly openUrl: string
  }
  /** The accounts that the first start connects. Afterwards the database says what is connected. */
  readonly firstConnections: FirstConnections | null
}

/** The accounts of one corp, as the environment names them. */
export interface FirstConnections {
  readonly corpId: string
  readonly corpName: string
  readonly app: {
    readonly agentId: string
    readonly secret: string
    /**
     * The corp itself makes an app (自建), or a service provider makes it for the corp (代开发).
     * The secret of a provider's app is its permanent code, and WeCom gives this app no unionids.
     */
    readonly appKind: 'own' | 'customized'
    /** Hosts whose pages we sign beside our own; with the port unless it is the default one. */
    readonly trustedHosts: readonly string[]
    readonly callback: { readonly token: string; readonly aesKey: string } | null
  }
  readonly miniprogram: { readonly appId: string; readonly secret: string } | null
  readonly officialAccount: { readonly appId: string; readonly secret: string } | null
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Ends the start with these sentences, one per variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly sentences: readonly string[]

  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

const tencent = {
  wecom: 'https://qyapi.weixin.qq.com',
  wechat: 'https://api.weixin.qq.com',
  open: 'https://open.weixin.qq.com',
}

function integer(least: number, most: number) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, 'must be a whole number'),
    v.transform(Number),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  )
}

/** An http(s) address without a slash at the end. */
const address = v.pipe(
  v.string(),
  v.check((text) => isHttp(text), 'must be an http:// or https:// address'),
  v.transform((text) => text.replace(/\/+$/, '')),
)
const origin = v.pipe(
  address,
  v.check(
    (text) => new URL(text).origin === text,
    'must be an origin: scheme, host and port, nothing behind',
  ),
)
const yesNo = v.pipe(
  v.picklist(['0', '1', 'false', 'true'], 'must be 1 or 0'),
  v.transform((text) => text === '1' || text === 'true'),
)
const wechatAppId = v.pipe(
  v.string(),
  v.regex(/^wx[0-9a-z]{8,30}$/, 'must start with wx, followed by letters and digits'),
)
const key = v.pipe(
  v.string(),
  v.regex(/^[\w+/-]{43}=?$/, 'must be 32 bytes in base64'),
  v.transform((text) => Buffer.from(text, 'base64')),
)
const leastRetentionDays = 100
const secret = v.pipe(v.string(), v.minLength(8, 'must be at least 8 characters long'))

/**
 * Every variable: how it is read, and an example for the error message. An empty value counts as
 * unset.
 */
const variables = {
  NODE_ENV: [v.optional(v.string(), 'development'), 'production'],
  /** Where to listen. `0.0.0.0` = every interface. */
  HOST: [v.optional(v.string(), '127.0.0.1'), '0.0.0.0'],
  PORT: [v.optional(integer(0, 65_535), '3000'), '3000'],
  /**
   * The address under which WeCom, WeChat and browsers reach the server. Default:
   * http://localhost:PORT.
   */
  PUBLIC_URL: [v.optional(origin), 'https://chatside.example.com'],
  /** Unset: an embedded PostgreSQL under DATA_DIR. */
  DATABASE_URL: [
    v.optional(v.pipe(v.string(), v.regex(/^postgres(ql)?:\/\/./, 'must start with postgres://'))),
    'postgres://chatside:secret@db.example.com:5432/chatside',
  ],
  /** The folder of files and of the embedded database. */
  DATA_DIR: [v.optional(v.string(), '.data'), '/var/lib/chatside'],
  /**
   * Signs session tokens. Unset: made once and kept in DATA_DIR. Several servers with different
   * DATA_DIRs must set it.
   */
  SESSION_SECRET: [
    v.optional(v.pipe(v.string(), v.minLength(32, 'must be at least 32 characters long'))),
    'the output of: openssl rand -base64 33',
  ],
  LOG_LEVEL: [
    v.optional(
      v.picklist(
        ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
        'must be one of fatal, error, warn, info, debug, trace, silent',
      ),
      'info',
    ),
    'info',
  ],
  /**
   * A bearer token that opens /metrics. Unset: only this machine may read them, and only with
   * TRUSTED_PROXIES=0.
   */
  METRICS_TOKEN: [
    v.optional(v.pipe(v.string(), v.minLength(16, 'must be at least 16 characters long'))),
    'the output of: openssl rand -hex 16',
  ],
  /**
   * Calls per minute and session (or address, without a session); 0 = unlimited, for load tests.
   */
  RATE_LIMIT: [v.optional(integer(0, 1_000_000), '1200'), '1200'],
  /**
   * How many days raw events are kept at least; 0 = for ever. It must exceed the 90 days for which
   * late events are accepted, so that a repeat is always recognised.
   */
  EVENT_RETENTION_DAYS: [
    v.optional(
      v.pipe(
        integer(0, 36_500),
        v.check(
          (days) => days === 0 || days >= leastRetentionDays,
          `must be 0 or at least ${leastRetentionDays}`,
        ),
      ),
      '400',
    ),
    '400',
  ],
  /**
   * How many days the platforms' pushes are kept as they came; 0 = for ever. It must exceed the
   * time of a platform's repeats, which come within minutes.
   */
  CALLBACK_RETENTION_DAYS: [v.optional(integer(0, 3_650), '30'), '30'],
  /**
   * How many hours the last answer of WeCom counts while WeCom is out of reach. Four hours carry a
   * rep over an outage; somebody who lost a right meanwhile keeps it for no longer than that.
   */
  STALE_RIGHTS_HOURS: [v.optional(integer(0, 72), '4'), '4'],
  /** After how many days a photo that no work order names is deleted; 0 = never. */
  UNUSED_PHOTO_DAYS: [v.optional(integer(0, 3_650), '7'), '7'],
  /** How long the server waits for a client that sends, or reads, nothing. */
  CLIENT_PATIENCE_SECONDS: [v.optional(integer(1, 600), '30'), '30'],
  /**
   * How many reverse proxies stand in front of the server. A set 0 also says that none does, which
   * opens /metrics to this machine.
   */
  TRUSTED_PROXIES: [v.optional(integer(0, 10)), '1'],
  /** 1 = fill an empty material library with the demonstration catalogue. */
  CHATSIDE_SEED: [v.optional(yesNo, '0'), '1'],
  CORP_NAME: [
    v.optional(v.pipe(v.string(), v.maxLength(50, 'must have at most 50 characters')), 'Chatside'),
    '远山泵业',
  ],
  /** Map tiles for the place picker of the H5 site, GCJ-02. Unset: a plain grid. */
  MAP_TILES_URL: [
    v.optional(
      v.pipe(
        v.string(),
        v.check(
          (text) => isHttp(text) && ['{z}', '{x}', '{y}'].every((part) => text.includes(part)),
          'must be an address with {z}, {x} and {y}',
        ),
      ),
    ),
    'https://tiles.example.com/{z}/{x}/{y}.png',
  ],
  /**
   * Who answers for personal data (个人信息处理者), as the privacy page names them. Unset: the name
   * of the corp, so an installation for several corps leaves it unset.
   */
  PRIVACY_CONTROLLER: [
    v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100, 'must have at most 100 characters'))),
    '远山泵业有限公司',
  ],
  /** How a visitor reaches them about personal data: a mail address, a number or a place. */
  PRIVACY_CONTACT: [
    v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200, 'must have at most 200 characters'))),
    'privacy@example.com',
  ],
  WECOM_API_URL: [v.optional(address, tencent.wecom), tencent.wecom],
  WECHAT_API_URL: [v.optional(address, tencent.wechat), tencent.wechat],
  WECHAT_OPEN_URL: [v.optional(address, tencent.open), tencent.open],
  /**
   * Encrypts the secrets of connected accounts in the database. Unset: made once and kept in
   * DATA_DIR. Several servers with different DATA_DIRs must set it.
   */
  SECRETS_KEY: [v.optional(key), 'the output of: openssl rand -base64 32'],
  /** The key that `npm run secrets -- rewrap` changes to. Servers do not read it. */
  NEXT_SECRETS_KEY: [v.optional(key), 'the output of: openssl rand -base64 32'],
  /**
   * This and the following variables connect the first accounts. Afterwards the database decides.
   */
  WECOM_CORP_ID: [
    v.optional(
      v.pipe(
        v.string(),
        v.regex(/^w[wpx][\w-]{6,62}$/, 'must start with ww (or wp, when encrypted)'),
      ),
    ),
    'ww1a2b3c4d5e6f7a8b',
  ],
  WECOM_AGENT_ID: [
    v.optional(v.pipe(v.string(), v.regex(/^\d{1,12}$/, 'must be a number'))),
    '1000002',
  ],
  WECOM_AGENT_SECRET: [
    v.optional(secret),
    'the Secret on the page of the app in the WeCom admin console',
  ],
  /** Who made the app: the corp itself (自建), or a service provider (代开发). */
  WECOM_APP_KIND: [
    v.optional(v.picklist(['own', 'customized'], 'must be own or customized'), 'own'),
    'customized',
  ],
  /**
   * Hosts, separated by commas, whose pages may use the JS-SDK. Default: the host of PUBLIC_URL.
   */
  WECOM_TRUSTED_HOSTS: [
    v.optional(
      v.pipe(
        v.string(),
        v.transform((text) =>
          text
            .split(',')
            .map((host) => host.trim().toLowerCase())
            .filter(Boolean),
        ),
        v.array(
          v.pipe(
            v.string(),
            v.regex(/^[a-z0-9.-]+(:\d{1,5})?$/, 'must hold host names without scheme or path'),
          ),
        ),
      ),
    ),
    'chatside.example.com,crm.example.com:8443',
  ],
  WECOM_CALLBACK_TOKEN: [
    v.optional(
      v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{1,32}$/, 'must be 1 to 32 letters and digits')),
    ),
    'the Token of the callback settings',
  ],
  WECOM_CALLBACK_AES_KEY: [
    v.optional(v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{43}$/, 'must be 43 letters and digits'))),
    'the EncodingAESKey of the callback settings',
  ],
  MINIPROGRAM_APP_ID: [v.optional(wechatAppId), 'wx1a2b3c4d5e6f7a8b'],
  MINIPROGRAM_APP_SECRET: [v.optional(secret), 'the AppSecret of the mini program'],
  OFFICIAL_ACCOUNT_APP_ID: [v.optional(wechatAppId), 'wx8b7a6f5e4d3c2b1a'],
  OFFICIAL_ACCOUNT_APP_SECRET: [v.optional(secret), 'the AppSecret of the official account'],
} as const

type Name = keyof typeof variables

const schema = v.object(
  Object.fromEntries(Object.entries(variables).map(([name, [entry]]) => [name, entry])) as {
    [N in Name]: (typeof variables)[N][0]
  },
)
type Values = v.InferOutput<typeof schema>

/** Variables that must be given together or not at all. */
const together: readonly (readonly Name[])[] = [
  ['WECOM_CORP_ID', 'WECOM_AGENT_ID', 'WECOM_AGENT_SECRET'],
  ['WECOM_CALLBACK_TOKEN', 'WECOM_CALLBACK_AES_KEY'],
  ['MINIPROGRAM_APP_ID', 'MINIPROGRAM_APP_SECRET'],
  ['OFFICIAL_ACCOUNT_APP_ID', 'OFFICIAL_ACCOUNT_APP_SECRET'],
]
/** Variables that describe a corp and mean nothing without one. */
const ofCorp: readonly Name[] = [
  'WECOM_CALLBACK_TOKEN',
  'MINIPROGRAM_APP_ID',
  'OFFICIAL_ACCOUNT_APP_ID',
]

/** Returns which variables to set when no account is connected, one sentence per variable. */
export function nothingConnected(): string {
  return (['WECOM_CORP_ID', 'WECOM_AGENT_ID', 'WECOM_AGENT_SECRET'] as const)
    .map(missing)
    .join('\n')
}

function missing(name: Name): string {
  const way = 'or run "npm start" without it to use the sandbox'
  return `${name} is missing. Example: ${name}=${variables[name][1]} (${way}).`
}

/**
 * Reads and checks the environment. Makes the session secret when it is neither given nor required.
 * @throws ConfigError with one sentence per wrong variable
 */
export async function loadConfig(env: Environment): Promise<Config> {
  const values = readVariables(env)
  const dataDir = resolve(values.DATA_DIR)
  return assemble(values, dataDir, values.SESSION_SECRET ?? (await keptSecret(dataDir)))
}

async function keptSecret(dataDir: string): Promise<string> {
  const kept = await readOrMakeSecret(dataDir, 'session-secret', 33)
  // With an empty secret, after a power cut for example, anybody could sign sessions.
  if (kept.length < 32)
    throw new ConfigError([
      `The file session-secret in ${dataDir} holds no secret. Remove it; a new one is made, and everybody signs in again.`,
    ])
  return kept
}

function readVariables(env: Environment): Values {
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name in variables && value?.trim()),
  )
  const parsed = v.safeParse(schema, given)
  if (!parsed.success) throw new ConfigError(sentencesOf(parsed.issues, given))
  const wrong = wrongRelations(parsed.output)
  if (wrong.length > 0) throw new ConfigError(wrong)
  return parsed.output
}

const isSecret = /SECRET|TOKEN|KEY|DATABASE_URL/

function sentencesOf(
  issues: readonly v.BaseIssue<unknown>[],
  given: Record<string, unknown>,
): string[] {
  const first = new Map<Name, string>()
  for (const issue of issues) {
    const name = issue.path?.[0]?.key as Name
    if (first.has(name)) continue
    const example = `Example: ${name}=${variables[name][1]}`
    const value = given[name]
    if (value === undefined) first.set(name, missing(name))
    else
      first.set(
        name,
        `${name} ${issue.message}${isSecret.test(name) ? '' : `, but is "${String(value)}"`}. ${example}`,
      )
  }
  return [...first.values()]
}

function wrongRelations(values: Values): string[] {
  const sentences: string[] = []
  const belong = (absent: Name, present: Name) =>
    sentences.push(
      `${absent} is missing, but ${present} is set: they belong together. Example: ${absent}=${variables[absent][1]}`,
    )
  for (const names of together) {
    const present = names.find((name) => values[name])
    if (present) for (const name of names) if (!values[name]) belong(name, present)
  }
  const alone = ofCorp.find((name) => values[name])
  if (alone && !values.WECOM_CORP_ID) belong('WECOM_CORP_ID', alone)
  const real = values.WECOM_API_URL === tencent.wecom
  if (values.NODE_ENV === 'production' && real && !values.SESSION_SECRET) {
    sentences.push(
      `SESSION_SECRET is missing, but real WeCom credentials are in production use. Example: SESSION_SECRET=${variables.SESSION_SECRET[1]}`,
    )
  }
  const { host } = new URL(publicUrlOf(values))
  if (values.WECOM_TRUSTED_HOSTS && !values.WECOM_TRUSTED_HOSTS.includes(host)) {
    sentences.push(
      `WECOM_TRUSTED_HOSTS does not hold ${host}, the host of PUBLIC_URL, so the sidebar could not sign its own address. Example: WECOM_TRUSTED_HOSTS=${host}`,
    )
  }
  if (real && values.PUBLIC_URL === undefined) {
    sentences.push(
      `PUBLIC_URL is missing, but WeCom must be able to reach the server by a trusted domain. Example: PUBLIC_URL=${variables.PUBLIC_URL[1]}`,
    )
  }
  return sentences
}

function publicUrlOf(values: Values): string {
  return values.PUBLIC_URL ?? `http://localhost:${values.PORT}`
}

function assemble(values: Values, dataDir: string, sessionSecret: string): Config {
  const publicUrl = publicUrlOf(values)
  return {
    production: values.NODE_ENV === 'production',
    host: values.HOST,
    port: values.PORT,
    publicUrl,
    databaseUrl: values.DATABASE_URL ?? null,
    dataDir,
    sessionSecret,
    logLevel: values.LOG_LEVEL,
    metricsToken: values.METRICS_TOKEN ?? null,
    rateLimit: values.RATE_LIMIT,
    eventRetentionDays: values.EVENT_RETENTION_DAYS,
    callbackRetentionDays: values.CALLBACK_RETENTION_DAYS,
    staleRightsHours: values.STALE_RIGHTS_HOURS,
    proxies: values.TRUSTED_PROXIES ?? 0,
    unproxied: values.TRUSTED_PROXIES === 0,
    unusedPhotoDays: values.UNUSED_PHOTO_DAYS,
    clientPatienceMs: values.CLIENT_PATIENCE_SECONDS * 1000,
    seed: values.CHATSIDE_SEED,
    mapTilesUrl: values.MAP_TILES_URL ?? null,
    privacy: {
      controller: values.PRIVACY_CONTROLLER ?? null,
      contact: values.PRIVACY_CONTACT ?? null,
    },
    secretsKey: values.SECRETS_KEY ?? null,
    nextSecretsKey: values.NEXT_SECRETS_KEY ?? null,
    wecom: { apiUrl: values.WECOM_API_URL },
    wechat: { apiUrl: values.WECHAT_API_URL, openUrl: values.WECHAT_OPEN_URL },
    firstConnections: firstConnections(values),
  }
}

function firstConnections(values: Values): FirstConnections | null {
  const { WECOM_CORP_ID: corpId, WECOM_AGENT_ID: agentId, WECOM_AGENT_SECRET: agentSecret } = values
  if (!corpId || !agentId || !agentSecret) return null
  const account = (appId: string, accountSecret: string) => ({ appId, secret: accountSecret })
  return {
    corpId,
    corpName: values.CORP_NAME,
    app: {
      agentId,
      secret: agentSecret,
      appKind: values.WECOM_APP_KIND,
      trustedHosts: values.WECOM_TRUSTED_HOSTS ?? [],
      callback: pair(
        values.WECOM_CALLBACK_TOKEN,
        values.WECOM_CALLBACK_AES_KEY,
        (token, aesKey) => ({ token, aesKey }),
      ),
    },
    miniprogram: pair(values.MINIPROGRAM_APP_ID, values.MINIPROGRAM_APP_SECRET, account),
    officialAccount: pair(
      values.OFFICIAL_ACCOUNT_APP_ID,
      values.OFFICIAL_ACCOUNT_APP_SECRET,
      account,
    ),
  }
}

function pair<T>(
  one: string | undefined,
  other: string | undefined,
  make: (one: string, other: string) => T,
): T | null {
  return one !== undefined && other !== undefined ? make(one, other) : null
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
