// The client around the page: built into /_webview/client.js, which the proxy puts first into every
// page. In an ordinary browser it does nothing.
import { installBridge, listenToMenu } from './bridge.ts'
import { disguise } from './disguise.ts'
import { readFacts } from './facts.ts'
import { installGeolocation } from './location.ts'
import { followNetwork } from './network.ts'
import { reportPlace } from './report.ts'
import { followTheme } from './theme.ts'

const facts = readFacts(window.name)
if (facts) {
  disguise(facts)
  followTheme(facts)
  installBridge(facts)
  listenToMenu(facts)
  reportPlace(facts)
  if (facts.device === 'wechat') {
    installGeolocation(facts)
    followNetwork(facts)
  }
}
