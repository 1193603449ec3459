import { type Answer, type Asked, Lost } from '../../shared/testing/contract-server.ts'
import type { Navigation } from '#sandbox/runtime/core/stack'
import { VirtualClock } from './clock.ts'

export interface SentRequest extends Asked {
  /** `file` for an upload: the phone's path of it. */
  file: string | null
}

/** Answers like a server. Throwing `Lost` means that no answer comes back. */
export type Server = (request: SentRequest) => Answer | Promise<Answer>

type Callbacks = {
  success?: (result: object) => void
  fail?: (result: { errMsg: string; errno?: number }) => void
  complete?: (result: object) => void
}

type Outcome = { ok: object } | { errMsg: string; errno?: number }
type Settle = (callbacks: Callbacks, outcome: Outcome) => void
type Going = Callbacks & { url: string; delta?: number }

export interface PhoneOptions {
  server: Server
  /** What the mini program was built with (VITE_API_BASE). */
  base?: string
  now?: number
  language?: string
  location?: 'unset' | 'granted' | 'denied'
  privacy?: 'needed' | 'agreed'
  storage?: Map<string, string>
}

type PrivacyAnswer = { event: string; buttonId?: string }

/**
 * A phone with WeChat, as a mini program sees it. Tests set and read its state. It records in
 * `violations` what WeChat would refuse or ignore.
 */
export class Phone {
  readonly clock: VirtualClock
  readonly storage: Map<string, string>
  readonly violations: string[] = []
  readonly requests: SentRequest[] = []
  readonly toasts: string[] = []
  readonly modals: { title: string; content: string; confirmText: string; cancelText: string }[] =
    []
  online = true
  location: 'unset' | 'granted' | 'denied'
  privacy: 'needed' | 'agreed'
  /** The user's answer when WeChat asks for the location. */
  answersLocation: 'allow' | 'refuse' = 'allow'
  /** The user's act in the settings. */
  inSettings: 'allow' | 'nothing' = 'nothing'
  /** The place that the user picks on WeChat's map; null = goes back. */
  picksPlace: { name: string; address: string; latitude: number; longitude: number } | null = null
  position = { latitude: 31.2304, longitude: 121.4737, accuracy: 25 }
  picksPhotos: string[] = []
  photoBytes = 1000
  answersModal: 'confirm' | 'cancel' = 'confirm'
  scans: string | null = null
  /** The code for the number, when the user lets WeChat tell it; null = refused. */
  phoneCode: string | null = null
  loginCodes = 0
  /** Rectangles by selector, because the phone has no layout. */
  readonly rects = new Map<string, { top: number; width: number; height: number }>()
  /** Numbers that were given to the dialler. */
  readonly dialled: string[] = []
  clipboard = ''
  /** How often the mini program asked WeChat to start it anew. */
  restarts = 0
  inFlight = 0
  /** Roots of subpackages that cannot be fetched now. */
  readonly missingPackages = new Set<string>()
  /**
   * Set by the app that runs on the phone. Returns why WeChat refuses the navigation, or null when
   * the page is open.
   */
  navigate: (kind: Navigation, url: string, delta: number) => string | null = () => null
  private readonly base: string
  private readonly server: Server
  private readonly language: string
  private privacyListener:
    ((resolve: (answer: PrivacyAnswer) => void, event: { referrer: string }) => void) | null = null
  private updateListener: () => void = () => undefined
  private hasUpdate = false
  private networkListeners: ((result: object) => void)[] = []

  constructor({
    server,
    base = 'https://chatside.example',
    now = Date.now(),
    language = 'zh_CN',
    location = 'unset',
    privacy = 'agreed',
    storage,
  }: PhoneOptions) {
    this.server = server
    this.base = base
    this.clock = new VirtualClock(now)
    this.language = language
    this.location = location
    this.privacy = privacy
    this.storage = storage ?? new Map()
  }

  /** WeChat has fetched a new package of the mini program. */
  bringUpdate(): void {
    this.hasUpdate = true
    this.updateListener()
  }

  setOnline(online: boolean): void {
    this.online = online
    this.networkListeners.forEach((listener) =>
      listener({ isConnected: online, networkType: online ? 'wifi' : 'none' }),
    )
  }

  /**
   * The global `wx`. `share` brings results into the app's realm, so that they are plain objects
   * there.
   */
  wx(share: <T>(value: T) => T): Record<string, unknown> {
    const settle: Settle = (callbacks, outcome) => {
      // WeChat answers later, never within the call.
      setImmediate(() => {
        const result = share('ok' in outcome ? { errMsg: 'ok', ...outcome.ok } : outcome)
        if ('ok' in outcome) callbacks.success?.(result)
        else callbacks.fail?.(result as { errMsg: string })
        callbacks.complete?.(result)
      })
    }
    const system = {
      language: this.language,
      platform: 'ios',
      system: 'iOS 17.0',
      SDKVersion: '3.8.0',
      version: '8.0.50',
      brand: 'Apple',
      model: 'iPhone 15',
      pixelRatio: 3,
      windowWidth: 375,
      windowHeight: 667,
      screenWidth: 375,
      screenHeight: 812,
      statusBarHeight: 44,
      safeArea: { top: 44, left: 0, right: 375, bottom: 778, width: 375, height: 734 },
      theme: 'light',
      deviceType: 'phone',
      deviceOrientation: 'portrait',
      fontSizeSetting: 16,
      host: { appId: '', env: 'WeChat' },
    }
    const systemInfo = () => share(system)
    const quiet = (options: Callbacks) => settle(options ?? {}, { ok: {} })

    return {
      getSystemInfoSync: systemInfo,
      getAppBaseInfo: systemInfo,
      getDeviceInfo: systemInfo,
      getWindowInfo: systemInfo,
      getSystemSetting: systemInfo,
      getAppAuthorizeSetting: systemInfo,
      getSystemInfo: (options: Callbacks) => settle(options, { ok: system }),
      canIUse: () => true,
      getUpdateManager: () => ({
        onCheckForUpdate: () => undefined,
        onUpdateReady: (listener: () => void) => (this.updateListener = listener),
        onUpdateFailed: () => undefined,
        applyUpdate: () => {
          if (!this.hasUpdate) this.violations.push('applyUpdate: no new package is there')
          this.restarts += 1
        },
      }),
      getAccountInfoSync: () =>
        share({
          miniProgram: { appId: 'wx5d0d5d0d5d0d5d0d', envVersion: 'release', version: '0.1.0' },
        }),
      getLaunchOptionsSync: () => share({ path: '', query: {}, scene: 1007, referrerInfo: {} }),
      getEnterOptionsSync: () => share({ path: '', query: {}, scene: 1007, referrerInfo: {} }),
      getStorageSync: (key: string) => this.storage.get(key) ?? '',
      setStorageSync: (key: string, value: unknown) => this.store(key, value),
      setStorage: (options: Callbacks & { key: string; data: unknown }) => {
        this.store(options.key, options.data)
        quiet(options)
      },
      removeStorage: (options: Callbacks & { key: string }) => {
        this.storage.delete(options.key)
        quiet(options)
      },
      removeStorageSync: (key: string) => void this.storage.delete(key),
      login: (options: Callbacks) => {
        this.loginCodes += 1
        settle(
          options,
          this.online
            ? { ok: { code: `code-${this.loginCodes}` } }
            : { errMsg: 'login:fail network' },
        )
      },
      request: (
        options: Callbacks & {
          url: string
          method?: string
          header?: Record<string, string>
          data?: unknown
        },
      ) => this.send(options, null, settle),
      uploadFile: (
        options: Callbacks & {
          url: string
          header?: Record<string, string>
          filePath: string
          name: string
        },
      ) => this.send({ ...options, method: 'POST' }, options.filePath, settle),
      showToast: (options: Callbacks & { title: string }) => {
        this.toasts.push(options.title)
        quiet(options)
      },
      showModal: (
        options: Callbacks & {
          title: string
          content: string
          confirmText: string
          cancelText: string
        },
      ) => {
        const { title, content, confirmText, cancelText } = options
        if (confirmText.length > 4)
          this.violations.push(
            `showModal: confirmText 「${confirmText}」 has more than 4 characters`,
          )
        if (cancelText.length > 4)
          this.violations.push(`showModal: cancelText 「${cancelText}」 has more than 4 characters`)
        this.modals.push({ title, content, confirmText, cancelText })
        settle(options, {
          ok: { confirm: this.answersModal === 'confirm', cancel: this.answersModal === 'cancel' },
        })
      },
      setNavigationBarTitle: quiet,
      pageScrollTo: quiet,
      stopPullDownRefresh: quiet,
      previewImage: quiet,
      makePhoneCall: (options: Callbacks & { phoneNumber: string }) => {
        this.dialled.push(options.phoneNumber)
        quiet(options)
      },
      openLocation: quiet,
      openPrivacyContract: quiet,
      setClipboardData: (options: Callbacks & { data: string }) => {
        this.clipboard = options.data
        quiet(options)
      },
      navigateTo: (options: Going) => this.go('navigateTo', options, settle),
      redirectTo: (options: Going) => this.go('redirectTo', options, settle),
      reLaunch: (options: Going) => this.go('reLaunch', options, settle),
      switchTab: (options: Going) => this.go('switchTab', options, settle),
      navigateBack: (options: Callbacks & { delta?: number } = {}) =>
        this.go('navigateBack', { ...options, url: '' }, settle),
      getNetworkType: (options: Callbacks) =>
        settle(options, { ok: { networkType: this.online ? 'wifi' : 'none' } }),
      onNetworkStatusChange: (listener: (result: object) => void) =>
        this.networkListeners.push(listener),
      onNeedPrivacyAuthorization: (listener: NonNullable<Phone['privacyListener']>) =>
        (this.privacyListener = listener),
      getLocation: (options: Callbacks & { type?: string }) => {
        if (options.type !== 'gcj02') this.violations.push('getLocation: the contract wants gcj02')
        this.guard('getLocation', options, settle, () => settle(options, { ok: this.position }))
      },
      chooseLocation: (options: Callbacks) =>
        this.guard('chooseLocation', options, settle, () =>
          settle(
            options,
            this.picksPlace ? { ok: this.picksPlace } : { errMsg: 'chooseLocation:fail cancel' },
          ),
        ),
      openSetting: (options: Callbacks) => {
        if (this.inSettings === 'allow') this.location = 'granted'
        settle(options, {
          ok: { authSetting: { 'scope.userLocation': this.location === 'granted' } },
        })
      },
      chooseMedia: (options: Callbacks & { count: number }) =>
        this.guardPrivacy('chooseMedia', options, settle, () =>
          settle(options, {
            ok: {
              tempFiles: this.picksPhotos.slice(0, options.count).map((tempFilePath) => ({
                tempFilePath,
                size: this.photoBytes,
                fileType: 'image',
              })),
            },
          }),
        ),
      scanCode: (options: Callbacks) =>
        settle(
          options,
          this.scans === null ? { errMsg: 'scanCode:fail cancel' } : { ok: { result: this.scans } },
        ),
      createSelectorQuery: () => this.selectorQuery(share),
    }
  }

  private store(key: string, value: unknown): void {
    const text = String(value)
    // setStorageSync.md: 1 MB a key.
    if (text.length > 1_048_576) this.violations.push(`setStorage ${key}: more than 1 MB`)
    this.storage.set(key, text)
  }

  /** Router.md: a page that is not opened ends in `fail`; which page stands on top stays. */
  private go(kind: Navigation, options: Going, settle: Settle): void {
    if (kind !== 'navigateBack' && !options.url.startsWith('/'))
      this.violations.push(`${kind} ${options.url}: not an absolute path`)
    setImmediate(() => {
      const isMissing = [...this.missingPackages].some((root) =>
        options.url.startsWith(`/${root}/`),
      )
      // No page gives WeChat's words for a package that does not arrive.
      const refused = isMissing
        ? 'the package was not fetched'
        : this.navigate(kind, options.url, options.delta ?? 1)
      settle(options, refused === null ? { ok: {} } : { errMsg: `${kind}:fail ${refused}` })
    })
  }

  private send(
    options: Callbacks & {
      url: string
      method?: string
      header?: Record<string, string>
      data?: unknown
    },
    file: string | null,
    settle: Settle,
  ): object {
    const { url, method = 'GET', header = {}, data } = options
    const name = file === null ? 'request' : 'uploadFile'
    if (method === 'PATCH') this.violations.push('request: wx.request knows no PATCH')
    if (Object.keys(header).some((key) => key.toLowerCase() === 'referer'))
      this.violations.push('request: the Referer cannot be set')
    if (!url.startsWith(`${this.base}/`))
      this.violations.push(`request: ${url} is not on the registered https domain`)
    if (this.inFlight >= 10) this.violations.push('request: more than 10 in flight')
    let aborted = false
    const progress: ((result: { progress: number }) => void)[] = []
    const request = describe(url.slice(this.base.length), method, header, data, file)
    this.inFlight += 1
    const answer = this.online
      ? Promise.resolve().then(() => this.server(request))
      : Promise.reject(new Lost('offline'))
    if (this.online) this.requests.push(request)
    answer
      .then(
        ({ status, body }) => {
          progress.forEach((listener) => listener({ progress: 100 }))
          const text = JSON.stringify(body)
          // uploadFile returns a string; request parses JSON itself.
          return {
            ok: {
              statusCode: status,
              header: {},
              data: file === null ? (JSON.parse(text) as unknown) : text,
            },
          }
        },
        (failure: unknown) => {
          if (!(failure instanceof Lost))
            this.violations.push(
              `server: ${failure instanceof Error ? failure.message : String(failure)}`,
            )
          return {
            errMsg: `${name}:fail errcode:-101 cronet_error_code:-101 error_msg:net::ERR_CONNECTION_RESET`,
          }
        },
      )
      .then(
        (outcome) => {
          this.inFlight -= 1
          if (!aborted) settle(options, outcome)
        },
        () => undefined,
      )
    return {
      abort: () => {
        aborted = true
        settle(options, { errMsg: `${name}:fail abort` })
      },
      onProgressUpdate: (listener: (result: { progress: number }) => void) =>
        progress.push(listener),
    }
  }

  private guard(api: string, options: Callbacks, settle: Settle, go: () => void): void {
    this.guardPrivacy(api, options, settle, () => {
      if (this.location === 'unset')
        this.location = this.answersLocation === 'allow' ? 'granted' : 'denied'
      if (this.location === 'denied') settle(options, { errMsg: `${api}:fail auth deny` })
      else go()
    })
  }

  /**
   * The privacy guide comes before any private API. The API hangs until the mini program resolves.
   */
  guardPrivacy(api: string, options: Callbacks, settle: Settle, go: () => void): void {
    if (this.privacy === 'agreed' || !this.privacyListener) {
      go()
      return
    }
    this.privacyListener(
      (answer) => {
        if (answer.event === 'agree') {
          if (this.agreeButton !== answer.buttonId)
            this.violations.push(
              `privacy: «agree» names the button ${answer.buttonId ?? ''}, tapped was ${this.agreeButton ?? 'none'}`,
            )
          this.privacy = 'agreed'
          go()
        }
        if (answer.event === 'disagree')
          settle(options, { errMsg: `${api}:fail privacy permission is not authorized` })
      },
      { referrer: api },
    )
  }

  /** The `agreePrivacyAuthorization` button that was tapped last. */
  agreeButton: string | null = null

  private selectorQuery(share: <T>(value: T) => T): object {
    const asked: { selector: string; done: (rect: unknown) => void }[] = []
    const query = {
      in: () => query,
      select: (selector: string) => ({
        boundingClientRect: (done: (rect: unknown) => void) => {
          asked.push({ selector, done })
          return query
        },
      }),
      exec: (done?: (rects: unknown[]) => void) => {
        setImmediate(() => {
          const rects = asked.map(({ selector }) => share(this.rects.get(selector) ?? null))
          asked.forEach((one, index) => one.done(rects[index]))
          done?.(rects)
        })
      },
    }
    return query
  }
}

function describe(
  address: string,
  method: string,
  header: Record<string, string>,
  data: unknown,
  file: string | null,
): SentRequest {
  const [path = '', search = ''] = address.split('?')
  const headers = Object.fromEntries(
    Object.entries(header).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  const query = Object.fromEntries(new URLSearchParams(search))
  const body =
    typeof data === 'string'
      ? (JSON.parse(data) as unknown)
      : data === undefined
        ? undefined
        : (JSON.parse(JSON.stringify(data)) as unknown)
  return { method, path, query, headers, body, file }
}
