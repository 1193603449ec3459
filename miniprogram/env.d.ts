declare const __PLATFORM__: 'mp-weixin' | 'h5'
/** `https://host` without a trailing slash; empty = the page's own host. */
declare const __API_BASE__: string

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}
