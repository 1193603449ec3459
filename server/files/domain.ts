import type { Domain } from '../domain.ts'
import { createFileStore, fileStore } from './file-store.ts'
import { imageTurns, openImageTurns } from './image.ts'
import { forgetPhotos, personalPhotos } from './personal.ts'
import { fileRoutes } from './routes.ts'

export const files: Domain = {
  name: 'files',
  tables: { files: 'exported and erased' },
  memory({ memory, config }) {
    memory.keep(fileStore, createFileStore({ dataDir: config.dataDir }))
    memory.keep(imageTurns, openImageTurns())
  },
  routes: fileRoutes,
  personal: {
    sections: {
      async *photos(ctx, { identityIds }) {
        yield await personalPhotos(ctx, identityIds)
      },
    },
    forgetOutside: async (ctx, { identityIds }) => ({
      photos: await forgetPhotos(ctx, identityIds),
    }),
  },
}
