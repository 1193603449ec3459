import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { home } from '../home.ts'
import { openReceiver } from '../testing/receiver.ts'
import { openSandbox } from '../testing/open-sandbox.ts'

/*
 * docs/sandbox.md in a checkout: its curl lines are run as they stand, on other ports. Lines of
 * other languages are told apart as not run.
 */
const page = new URL('../docs/sandbox.md', home)
const run = promisify(execFile)

function shellBlocks(): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
    ([, body = '']) => body,
  )
}

it('every curl line of docs/sandbox.md does what it says', async () => {
  if (!existsSync(page)) throw new Error('docs/sandbox.md is missing')
  const sandbox = await openSandbox()
  const receiver = await openReceiver({
    token: sandbox.env.WECOM_CALLBACK_TOKEN ?? '',
    aesKey: sandbox.env.WECOM_CALLBACK_AES_KEY ?? '',
  })
  const blocks = shellBlocks().filter((block) => block.includes('curl '))
  expect(blocks.length).toBeGreaterThan(1)
  for (const block of blocks) {
    const here = block
      .replaceAll('http://localhost:3100', sandbox.origin)
      .replaceAll(/http:\/\/localhost:3000[^"]*/g, receiver.url)
    const { stdout } = await run('bash', ['-euc', here])
    expect(stdout).not.toBe('')
    expect(stdout).not.toContain('"error"')
    if (stdout.includes('errcode')) expect(stdout).toContain('"errcode":0')
  }
  await expect.poll(() => receiver.received.length).toBe(1)
  expect(receiver.received[0]?.message).toContain('<State><![CDATA[expo]]></State>')
})

it('a reset without a body begins the same scene anew', async () => {
  const sandbox = await openSandbox({ scene: 'empty' })
  const answer = await fetch(`${sandbox.origin}/_sandbox/reset`, { method: 'POST' })
  expect(answer.status).toBe(200)
  expect((await sandbox.state()).scene).toBe('empty')
})
