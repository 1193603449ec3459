import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PersonalData } from '../../shared/contract/privacy.ts'
import { found } from '../testing/persons/erasure.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { makeWholePerson } from '../testing/persons/whole-person.ts'
import { operatePerson } from './operate.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

describe('an operator', () => {
  test('exports a contact to a file and erases it, by WeCom’s name for it', async () => {
    const person = await makeWholePerson(app)
    const directory = await mkdtemp(join(tmpdir(), 'chatside-export-'))
    const file = join(directory, 'person.json')
    const said: string[] = []
    const run = (...args: string[]) => operatePerson(app.ctx, args, (line) => said.push(line))
    await run('export', person.contact.externalUserId, file)
    const text = await readFile(file, 'utf8')
    expect(v.parse(PersonalData, JSON.parse(text)).personId).toBe(person.visitor.personId)
    expect(person.traces.filter((trace) => !text.includes(trace))).toEqual([])
    expect((await stat(file)).mode & 0o077).toBe(0)
    await run('erase', person.visitor.personId)
    expect(said.at(-1)).toContain('is erased')
    expect(await found(app, person.traces)).toEqual({})
    await expect(run('erase', person.contact.externalUserId)).rejects.toThrow('Nobody here')
    await expect(run('delete', 'x')).rejects.toThrow('npm run person')
    await rm(directory, { recursive: true })
  })
})
