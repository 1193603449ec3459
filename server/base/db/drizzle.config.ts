import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './server/*/tables.ts',
    './server/base/db/tables.ts',
    './server/base/http/session/tables.ts',
  ],
  out: './server/base/db/migrations',
})
