import * as v from 'valibot'

/** The settings of a connection, by kind. Secrets are apart (`secretNames`). */
export const settingsOf = {
  wecom_app: v.object({
    /**
     * Who made the app: the corp itself (自建), a service provider for it (代开发), or a provider
     * who sells it to many corps (第三方).
     */
    appKind: v.picklist(['own', 'customized', 'third_party']),
    /** Hosts (with port, when not the default one) whose pages we sign, beside our own. */
    trustedHosts: v.array(v.string()),
  }),
  miniprogram: v.object({}),
  official_account: v.object({}),
} as const

export const Kind = v.picklist(['wecom_app', 'miniprogram', 'official_account'])
export type Kind = v.InferOutput<typeof Kind>

export const SecretName = v.picklist(['secret', 'callback_token', 'callback_aes_key'])
export type SecretName = v.InferOutput<typeof SecretName>
