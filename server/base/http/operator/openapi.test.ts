import { expect, it } from 'vitest'
import { endpoints } from '../../../../shared/contract/all.ts'
import { openapi } from './openapi.ts'

interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string
        parameters: { name: string; in: string }[]
        requestBody?: object
        responses: Record<string, object>
      }
    >
  >
}

const document = openapi('https://chatside.example.com') as Document
const operations = Object.values(document.paths).flatMap((path) => Object.values(path))

it('describes every endpoint of the contract', () => {
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
    Object.keys(endpoints).sort(),
  )
})

it('describes what comes in before a transform, and what goes out after it', () => {
  const { parameters = [] } = document.paths['/api/persons/{id}/moments']?.['get'] ?? {}
  expect(parameters).toContainEqual(
    expect.objectContaining({
      name: 'limit',
      in: 'query',
      required: false,
      schema: expect.objectContaining({ type: 'string' }),
    }),
  )
  expect(parameters).toContainEqual(
    expect.objectContaining({ name: 'kind', schema: expect.objectContaining({ type: 'string' }) }),
  )
})

it('names the header and the codes of a create', () => {
  const submit = document.paths['/api/workorders']?.['post']
  expect(submit?.parameters).toContainEqual(
    expect.objectContaining({ name: 'Idempotency-Key', in: 'header' }),
  )
  expect(JSON.stringify(submit?.responses['409'])).toContain('idempotency_conflict')
})
