import type { Domain } from '../domain.ts'
import { createFileStore, fileStore } from './file-store.ts'
import { imageTurns, openImageTurns } from './image.ts'
import { forgetPhotos, personalPhotos } from './personal.ts'
import { fileRoutes } from './routes.ts'
import { forgetUnused } from './upload/forget-unused.ts'
import { openPhotoTurns, photoTurns } from './upload/receive.ts'
import { openUploadSlots, uploadSlots } from './upload/slots.ts'

export const files: Domain = {
  name: 'files',
  tables: { files: 'exported and erased' },
  memory({ memory, config }) {
    memory.keep(fileStore, createFileStore({ dataDir: config.dataDir }))
    memory.keep(imageTurns, openImageTurns())
    memory.keep(photoTurns, openPhotoTurns())
    memory.keep(uploadSlots, openUploadSlots())
  },
  routes: fileRoutes,
  jobs: [forgetUnused],
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
