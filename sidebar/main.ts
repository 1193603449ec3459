import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { makeCall } from '../shared/client/call.ts'
import '../shared/tokens.css'
import App from './App.vue'
import { appKey, randomKey, type AppContext } from './bridge/app.ts'
import { axiosTransport } from './bridge/http.ts'
import { linesOfPage } from './bridge/lines.ts'
import { watchParts } from './bridge/missing-part.ts'
import { connectBridge, inWecom } from './bridge/sdk.ts'
import { browserPlace, signInOnce } from './bridge/sign-in.ts'
import { makeSigner } from './bridge/signatures.ts'
import { makeRouter } from './router.ts'
import './ui/base.css'
import { chooseLocale, preferredLocale } from './ui/words.ts'

const place = browserPlace()
const call = makeCall({
  transport: axiosTransport(),
  renew: () => (inWecom() ? signInOnce(place) : Promise.resolve(false)),
})
const router = makeRouter()
const context: AppContext = {
  call,
  signer: makeSigner(call),
  inWecom: inWecom(),
  connect: connectBridge,
  place,
  openStream: (address) => new EventSource(address),
  lines: linesOfPage(),
  now: () => Date.now(),
  newKey: randomKey,
  partMissing: watchParts(router),
}

// When a language file does not load, the Chinese texts stay.
void chooseLocale(preferredLocale())
  .catch(() => undefined)
  .then(() => createApp(App).provide(appKey, context).use(createPinia()).use(router).mount('#app'))
