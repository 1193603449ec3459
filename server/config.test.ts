import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chatside-config-'))
})
afterAll(() => rm(dataDir, { recursive: true }))

const good = () => ({
  DATA_DIR: dataDir,
  PUBLIC_URL: 'https://crm.example.com',
  WECOM_CORP_ID: 'ww1a2b3c4d5e6f7a8b',
  WECOM_AGENT_ID: '1000002',
  WECOM_AGENT_SECRET: 'a-secret-of-the-app',
})

async function sentencesFor(env: Record<string, string>): Promise<readonly string[]> {
  const outcome = await loadConfig({ ...good(), ...env }).catch((error: unknown) => error)
  return outcome instanceof ConfigError ? outcome.sentences : []
}

describe('the environment', () => {
  it('needs little more than the credentials', async () => {
    const config = await loadConfig(good())
    expect(config).toMatchObject({
      port: 3000,
      publicUrl: 'https://crm.example.com',
      databaseUrl: null,
      firstConnections: {
        corpId: 'ww1a2b3c4d5e6f7a8b',
        app: { trustedHosts: [], appKind: 'own', callback: null },
        miniprogram: null,
      },
    })
  })

  it.each([
    ['PORT', 'http', /^PORT must be a whole number, but is "http"\. Example: PORT=3000$/],
    ['PORT', '70000', /^PORT must be at most 65535, but is "70000"\. Example: PORT=3000$/],
    [
      'PUBLIC_URL',
      'crm.example.com',
      /^PUBLIC_URL must be an http:\/\/ or https:\/\/ address, but is "crm\.example\.com"\. Example: PUBLIC_URL=https:/,
    ],
    ['PUBLIC_URL', 'https://crm.example.com/app', /^PUBLIC_URL must be an origin/],
    [
      'DATABASE_URL',
      'mysql://root@localhost/x',
      /^DATABASE_URL must start with postgres:\/\/\. Example: DATABASE_URL=postgres:/,
    ],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL must be one of .*, but is "loud"/],
    ['SESSION_SECRET', 'short', /^SESSION_SECRET must be at least 32 characters long\. Example: /],
    [
      'WECOM_AGENT_ID',
      'first',
      /^WECOM_AGENT_ID must be a number, but is "first"\. Example: WECOM_AGENT_ID=1000002$/,
    ],
    [
      'WECOM_APP_KIND',
      'suite',
      /^WECOM_APP_KIND must be own or customized, but is "suite"\. Example: WECOM_APP_KIND=customized$/,
    ],
    [
      'WECOM_CORP_ID',
      '',
      /^WECOM_CORP_ID is missing, but WECOM_AGENT_ID is set: .* Example: WECOM_CORP_ID=ww/,
    ],
    [
      'SECRETS_KEY',
      'too short',
      /^SECRETS_KEY must be 32 bytes in base64\. Example: SECRETS_KEY=the output of/,
    ],
    [
      'WECOM_TRUSTED_HOSTS',
      'https://crm.example.com',
      /^WECOM_TRUSTED_HOSTS must hold host names without scheme or path/,
    ],
    [
      'WECOM_TRUSTED_HOSTS',
      'other.example.com',
      /^WECOM_TRUSTED_HOSTS does not hold crm\.example\.com, the host of PUBLIC_URL/,
    ],
    [
      'MINIPROGRAM_APP_ID',
      'wx1a2b3c4d5e6f7a8b',
      /^MINIPROGRAM_APP_SECRET is missing, but MINIPROGRAM_APP_ID is set/,
    ],
    [
      'WECOM_CALLBACK_AES_KEY',
      'tooshort',
      /^WECOM_CALLBACK_AES_KEY must be 43 letters and digits\. Example: /,
    ],
    [
      'MAP_TILES_URL',
      'https://tiles.example.com/',
      /^MAP_TILES_URL must be an address with \{z\}, \{x\} and \{y\}/,
    ],
    [
      'NODE_ENV',
      'production',
      /^SESSION_SECRET is missing, but real WeCom credentials are in production use/,
    ],
  ])(
    'with a wrong %s (%s) is refused in a sentence with an example',
    async (name, value, sentence) => {
      expect(await sentencesFor({ [name]: value })).toEqual([expect.stringMatching(sentence)])
    },
  )

  it('with several mistakes is refused with a sentence for each', async () => {
    expect(await sentencesFor({ PORT: 'x', LOG_LEVEL: 'y' })).toHaveLength(2)
  })

  it('never shows a secret in a sentence', async () => {
    const [sentence = ''] = await sentencesFor({ SESSION_SECRET: 'short-but-secret' })
    expect(sentence).not.toContain('short-but-secret')
  })
})

describe('the session secret', () => {
  it('is made once, also when two servers start at once, and only its owner can read it', async () => {
    const own = await mkdtemp(join(tmpdir(), 'chatside-secret-'))
    const env = { ...good(), DATA_DIR: own }
    const secrets = await Promise.all(
      Array.from({ length: 8 }, async () => (await loadConfig(env)).sessionSecret),
    )
    expect(new Set(secrets).size).toBe(1)
    expect((await loadConfig(env)).sessionSecret).toBe(secrets[0])
    expect((await stat(join(own, 'session-secret'))).mode & 0o777).toBe(0o600)
    await rm(own, { recursive: true })
  })

  it('that a power cut left empty is refused: whoever knows that could sign sessions', async () => {
    const own = await mkdtemp(join(tmpdir(), 'chatside-secret-'))
    await writeFile(join(own, 'session-secret'), '')
    expect(await sentencesFor({ DATA_DIR: own })).toEqual([
      expect.stringMatching(/session-secret .* Remove it/),
    ])
    await rm(own, { recursive: true })
  })
})
