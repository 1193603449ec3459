import { describe, expect, it, vi } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'
import { aesKey, patience, receiversOf, saving, sending, token } from '../testing/pushes.ts'
import { openReceiver } from '../testing/receiver.ts'

describe('an address', () => {
  it('is saved after it has answered the encrypted echostr', async () => {
    const sandbox = await openSandbox()
    const { app } = receiversOf(sandbox)
    const { url } = await openReceiver({ token, aesKey })
    expect(await sandbox.post('/_sandbox/callbacks', saving(app, url))).toMatchObject({
      receiver: app,
      url,
      mode: 'safe',
      format: 'xml',
    })
  })

  it('that answers the echostr in another form is refused with the reason, and the old one stays', async () => {
    const sandbox = await openSandbox()
    const { app, official } = receiversOf(sandbox)
    const { url: good } = await openReceiver({ token, aesKey })
    await sandbox.post('/_sandbox/callbacks', saving(app, good))
    const answers: [(plain: string, encrypted: string) => string, RegExp][] = [
      [(plain) => `"${plain}"`, /quotes/],
      [(plain) => `\uFEFF${plain}`, /byte order mark/],
      [(plain) => `${plain}\n`, /line break/],
      [(_plain, encrypted) => encrypted, /encrypted echostr/],
      [() => '', /nothing/],
      [() => 'success', /"success"/],
    ]
    for (const [form, reason] of answers) {
      const { url } = await openReceiver({
        token,
        aesKey,
        onEcho: ({ plain, encrypted }, response) => response.end(form(plain, encrypted)),
      })
      const reply = await sandbox.knock('POST', '/_sandbox/callbacks', saving(app, url))
      expect(reply).toMatchObject({ status: 400, body: { error: expect.stringMatching(reason) } })
    }
    const refusing = await openReceiver({ token: 'another', aesKey })
    for (const receiver of [app, official])
      expect(
        await sandbox.knock('POST', '/_sandbox/callbacks', saving(receiver, refusing.url)),
      ).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining('HTTP 403') },
      })
    const { items } = (await sandbox.get('/_sandbox/callbacks')) as {
      items: { receiver: string; url: string | null }[]
    }
    expect(items.filter(({ url }) => url !== null)).toMatchObject([{ receiver: app, url: good }])
  })

  it('that answers too late or not at all is refused', async () => {
    const sandbox = await openSandbox({ callbackSecondMs: 200 })
    const { app } = receiversOf(sandbox)
    const silent = await openReceiver({ token, aesKey, onEcho: () => undefined })
    expect(
      await sandbox.knock('POST', '/_sandbox/callbacks', saving(app, silent.url)),
    ).toMatchObject({
      status: 400,
      body: { error: 'the address was not saved: no answer within 1 s' },
    })
    await silent.close()
    expect(
      await sandbox.knock('POST', '/_sandbox/callbacks', saving(app, silent.url)),
    ).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('the connection failed') },
    })
  })

  it('with nonsense in it is refused with a sentence', async () => {
    const sandbox = await openSandbox()
    const { url } = await openReceiver({ token, aesKey })
    const nonsense: [object, RegExp][] = [
      [{ receiver: 'app:nobody/1' }, /no receiver/],
      [{ aesKey: 'short' }, /43/],
      [{ aesKey: `${'a'.repeat(42)}+` }, /43/],
      [{ token: 'a b' }, /32/],
      [{ url: 'ftp://example.com/' }, /http/],
      [{ mode: 'plain' }, /always safe/],
      [{ messageUrl: 'http://example.com/$APPID$' }, /third-party platform/],
      [{ messageUrl: 'http://example.com/' }, /APPID/],
    ]
    for (const [part, reason] of nonsense) {
      const reply = await sandbox.knock('POST', '/_sandbox/callbacks', {
        ...saving(receiversOf(sandbox).app, url),
        ...part,
      })
      expect(reply).toMatchObject({ status: 400, body: { error: expect.stringMatching(reason) } })
    }
  })

  it('stays when the scene is set again, because its receiver is still there', async () => {
    const sandbox = await openSandbox()
    const { app } = receiversOf(sandbox)
    const receiver = await openReceiver({ token, aesKey })
    await sandbox.post('/_sandbox/callbacks', saving(app, receiver.url))
    await sandbox.post('/_sandbox/reset', {})
    await sending(sandbox, app, 'after')
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience)
  })
})
