/** A compiled mini program: its files, and its templates compiled by WeChat's own compiler. */
export interface Bundle {
  /** Path from the root of the package without a leading slash → text. */
  files: ReadonlyMap<string, string>
  pages: string[]
  /** Pages and components, without extension. */
  components: string[]
  /** An expression that gives the templates' code. */
  templates: string
}

/** The parts of app.json that the runtime itself obeys. */
export interface AppConfig {
  pages: string[]
  subPackages?: Subpackage[]
  subpackages?: Subpackage[]
  window?: PageConfig
  requiredPrivateInfos?: string[]
  permission?: Record<string, { desc: string }>
  __usePrivacyCheck__?: boolean
  tabBar?: TabBar
}

export interface Subpackage {
  root: string
  /** Relative to the root. */
  pages: string[]
}

export interface TabBar {
  color?: string
  selectedColor?: string
  backgroundColor?: string
  list: { pagePath: string; text: string; iconPath?: string; selectedIconPath?: string }[]
}

export interface PageConfig {
  navigationBarTitleText?: string
  enablePullDownRefresh?: boolean
  onReachBottomDistance?: number
}

export function readConfig<T extends object>(bundle: Bundle, path: string): T {
  return JSON.parse(bundle.files.get(path) ?? '{}') as T
}
