import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { requireFree, requireWritable } from './launch.mjs'

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
