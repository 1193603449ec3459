import { toJsonSchema } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import { endpoints } from '../../../../shared/contract/all.ts'
import type { EndpointSpec } from '../../../../shared/contract/endpoint.ts'
import { commonErrors, Problem, type ErrorCode } from '../../../../shared/contract/errors.ts'
import { problems } from '../../../../shared/contract/problems.ts'
import type { ApiRouter } from '../api-router.ts'

/** Serves the contract as OpenAPI 3.1 at `/api/openapi.json`. */
export function openapiRoutes(router: ApiRouter): void {
  let document: string | undefined
  router.pages.get('/api/openapi.json', (koa) => {
    koa.route = '/api/openapi.json'
    document ??= JSON.stringify(openapi(router.ctx.config.publicUrl))
    koa.type = 'application/json; charset=utf-8'
    koa.body = document
  })
}

export function openapi(server: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const [name, endpoint] of Object.entries<EndpointSpec>(endpoints)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Chatside', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: server }],
    paths,
    components: {
      schemas: { Problem: schemaOf(Problem, 'output') },
      securitySchemes: {
        member: {
          type: 'apiKey',
          in: 'cookie',
          name: 'chatside_member',
          description: 'Set by GET /auth/wecom',
        },
        visitor: {
          type: 'http',
          scheme: 'bearer',
          description: 'From POST /api/miniprogram/session or POST /api/h5/session',
        },
      },
    },
  }
}

const securityOf = {
  none: [],
  visitor: [{ visitor: [] }],
  member: [{ member: [] }],
  any: [{ visitor: [] }, { member: [] }],
}

function operation(name: string, endpoint: EndpointSpec): object {
  return {
    operationId: name,
    summary: endpoint.summary,
    security: securityOf[endpoint.auth],
    parameters: [
      ...parametersOf('path', endpoint.params),
      ...parametersOf('query', endpoint.query),
      ...(endpoint.idempotent
        ? [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: true,
              schema: { type: 'string', pattern: '^[\\w-]{8,128}$' },
            },
          ]
        : []),
    ],
    ...(endpoint.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } },
      },
    }),
    ...(endpoint.kind === 'upload' && {
      requestBody: { required: true, content: { 'multipart/form-data': { schema: upload } } },
    }),
    responses: { ...success(endpoint), ...failures([...commonErrors, ...endpoint.errors]) },
  }
}

const upload = {
  type: 'object',
  required: ['file'],
  properties: { file: { type: 'string', format: 'binary' } },
}

function success({ reply, kind }: EndpointSpec): object {
  if (reply === null) return { 204: { description: 'Done' } }
  const type = kind === 'stream' ? 'text/event-stream' : 'application/json'
  return {
    200: {
      description: kind === 'stream' ? 'Each data line follows the schema' : 'Done',
      content: { [type]: { schema: schemaOf(reply, 'output') } },
    },
  }
}

/** Returns one entry per status, with the error codes that have this status. */
function failures(codes: readonly ErrorCode[]): object {
  const byStatus = new Map<number, Set<ErrorCode>>()
  for (const code of codes)
    byStatus.set(
      problems[code].status,
      (byStatus.get(problems[code].status) ?? new Set()).add(code),
    )
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      status,
      {
        description: [...of].map((code) => `\`${code}\`: ${problems[code].title}`).join('; '),
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    ]),
  )
}

function parametersOf(where: 'path' | 'query', schema: GenericSchema | undefined): object[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, object>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }))
}

/**
 * A schema with a transform has two shapes: its input and its output. A custom check is left out,
 * because JSON Schema cannot express it.
 */
function schemaOf(schema: GenericSchema, typeMode: 'input' | 'output'): object {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    typeMode,
    errorMode: 'ignore',
    target: 'draft-2020-12',
  })
  return rest
}
