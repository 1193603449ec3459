import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { platformOf, requireFree, requireWritable } from './launch.mjs'

test('a busy port ends the start with a sentence that names another', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  await expect(requireFree({ SANDBOX_PORT: port })).rejects.toMatchObject({
    name: 'Stop',
    message: `Port ${port} is used by another program. End that program, or choose another port: SANDBOX_PORT=${port + 10} npm start`,
  })
})

test('a data folder that cannot be made ends the start with a sentence', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'chatside-launch-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'file'), '')
  const folder = join(directory, 'file', 'data')
  expect(() => requireWritable(folder)).toThrow(
    /^.*file\/data cannot be written .* choose another folder: DATA_DIR=/,
  )
  expect(() => requireWritable(join(directory, 'data'))).not.toThrow()
})

test('who names an address of WeCom means that one: no sandbox replaces what is set', () => {
  const corp = { WECOM_CORP_ID: 'ww1', WECOM_AGENT_ID: '1000002', WECOM_AGENT_SECRET: 's' }
  const own = { WECOM_API_URL: 'http://localhost:9' }
  expect(platformOf({})).toEqual({ withSandbox: true, replaced: [] })
  expect(platformOf(corp)).toEqual({ withSandbox: false, replaced: [] })
  expect(platformOf({ ...corp, ...own })).toEqual({ withSandbox: false, replaced: [] })
  expect(() => platformOf({ ...own, WECOM_CORP_ID: 'ww1' })).toThrow(
    /^WECOM_API_URL is set, .* but WECOM_AGENT_ID, WECOM_AGENT_SECRET are not\. Set them, or unset/,
  )
  // Half a corp is none; what the sandbox overrules is said.
  expect(platformOf({ WECOM_CORP_ID: 'ww1', WECOM_AGENT_SECRET: ' ' })).toEqual({
    withSandbox: true,
    replaced: ['WECOM_CORP_ID'],
  })
})
