// The authorize page of open.weixin.qq.com: built into /open/_client.js. Who the user is, the
// client knows: the frame's name.
import { disguise } from './disguise.ts'
import { readFacts } from './facts.ts'

interface Consent {
  name: string
  avatarUrl: string
  says: string
}

const facts = readFacts(window.name)

async function answer(allow?: boolean) {
  const reply = await fetch('/open/_code', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ webview: window.name, query: location.search, allow }),
  })
  const { redirect, error, note, consent } = (await reply.json()) as {
    redirect?: string
    error?: string
    note?: string
    consent?: Consent
  }
  if (redirect) location.replace(redirect)
  else if (consent) showConsent(consent)
  else show('error', error, note)
}

function show(id: string, text?: string, note?: string) {
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== id
  if (text) document.querySelector(`#${id} h1`)?.replaceChildren(text)
  if (note) document.querySelector(`#${id} p`)?.replaceChildren(note)
}

function showConsent({ name, avatarUrl, says }: Consent) {
  show('consent')
  document.querySelector('#consent .name')?.replaceChildren(name)
  document.querySelector('#consent .says')?.replaceChildren(says)
  document.querySelector('#consent img')?.setAttribute('src', avatarUrl)
}

if (facts) {
  disguise(facts)
  document.addEventListener('DOMContentLoaded', () => {
    show('wait')
    document.querySelector('#allow')?.addEventListener('click', () => void answer(true))
    document.querySelector('#refuse')?.addEventListener('click', () => void answer(false))
    void answer()
  })
}
