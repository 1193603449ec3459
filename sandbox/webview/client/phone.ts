// In front of the runtime of mini programs: built into /_webview/phone.js. The runtime and the
// pages read language and theme of the phone as soon as they are there.
import { speak } from './disguise.ts'
import { readFacts } from './facts.ts'
import { followTheme } from './theme.ts'

const facts = readFacts(window.name)
if (facts) {
  speak(facts)
  followTheme(facts)
}
