import type { Machine } from '../machine.ts'
import { asynchronous, guard } from './api.ts'

/** Above the page lie the status bar and WeChat's bar, both drawn by the phone around the frame. */
const bars = { status: 44, navigation: 44 }

export function systemFunctions(machine: Machine): Record<string, unknown> {
  const { start, launch } = machine
  const baseInfo = () => ({
    SDKVersion: '3.8.0',
    enableDebug: false,
    host: { appId: '', env: 'WeChat' },
    language: navigator.language.startsWith('en') ? 'en' : 'zh_CN',
    version: start.version,
    theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
    fontSizeScaleFactor: 1,
    fontSizeSetting: 16,
  })
  const device = () => ({
    abi: 'arm64-v8a',
    benchmarkLevel: 32,
    brand: 'Xiaomi',
    model: '23127PN0CC',
    system: 'Android 14',
    platform: 'android',
    memorySize: 11_000,
  })
  const view = () => {
    const [width, height] = [innerWidth, innerHeight]
    const screenHeight = height + bars.status + bars.navigation
    return {
      pixelRatio: devicePixelRatio,
      screenWidth: width,
      screenHeight,
      windowWidth: width,
      windowHeight: height,
      statusBarHeight: bars.status,
      screenTop: bars.status + bars.navigation,
      safeArea: {
        left: 0,
        right: width,
        top: bars.status,
        bottom: screenHeight,
        width,
        height: screenHeight - bars.status,
      },
    }
  }
  const all = () => ({
    ...baseInfo(),
    ...device(),
    ...view(),
    deviceOrientation: 'portrait',
    locationEnabled: true,
    wifiEnabled: true,
  })
  const themes = matchMedia('(prefers-color-scheme: dark)')
  return {
    getSystemInfoSync: all,
    getAppBaseInfo: baseInfo,
    getDeviceInfo: device,
    getWindowInfo: view,
    getSystemSetting: () => ({
      bluetoothEnabled: false,
      locationEnabled: true,
      wifiEnabled: true,
      deviceOrientation: 'portrait',
    }),
    getAppAuthorizeSetting: () => ({
      locationAuthorized: 'authorized',
      cameraAuthorized: 'authorized',
      albumAuthorized: 'authorized',
    }),
    getMenuButtonBoundingClientRect: () => ({
      width: 87,
      height: 32,
      top: bars.status + 6,
      right: innerWidth - 7,
      bottom: bars.status + 38,
      left: innerWidth - 94,
    }),
    getAccountInfoSync: () => ({
      miniProgram: { appId: start.appid, envVersion: 'release', version: '0.1.0' },
      plugin: {},
    }),
    getLaunchOptionsSync: () => ({ ...launch }),
    getEnterOptionsSync: () => ({ ...launch }),
    getUpdateManager: () => ({
      onCheckForUpdate: (listener: (result: object) => void) =>
        void setTimeout(() => guard(listener, { hasUpdate: false })),
      onUpdateReady: () => undefined,
      onUpdateFailed: () => undefined,
      applyUpdate: () => undefined,
    }),
    getPerformance: () => ({
      createObserver: () => ({ observe: () => undefined, disconnect: () => undefined }),
      getEntries: () => [],
    }),
    onThemeChange: (listener: (result: object) => void) =>
      themes.addEventListener('change', ({ matches }) =>
        guard(listener, { theme: matches ? 'dark' : 'light' }),
      ),
    offThemeChange: () => undefined,
    onWindowResize: (listener: (result: object) => void) =>
      addEventListener('resize', () =>
        guard(listener, { size: { windowWidth: innerWidth, windowHeight: innerHeight } }),
      ),
    offWindowResize: () => undefined,
    nextTick: (task: () => void) => void setTimeout(task, 0),
    reportEvent: () => undefined,
    reportMonitor: () => undefined,
    reportAnalytics: () => undefined,
    base64ToArrayBuffer: (text: string) =>
      Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer,
    arrayBufferToBase64: (buffer: ArrayBuffer) =>
      btoa(String.fromCharCode(...new Uint8Array(buffer))),
    ...asynchronous({
      getSystemInfo: all,
      getSystemInfoAsync: all,
      vibrateShort: () => ({}),
      vibrateLong: () => ({}),
      setKeepScreenOn: () => ({}),
      checkSession: () => ({}),
    }),
  }
}
