import { createSSRApp } from 'vue'
import App from './App.vue'

/** uni calls this by its name and mounts the app itself. */
export function createApp() {
  return { app: createSSRApp(App) }
}
