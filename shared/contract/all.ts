import { getCard, putCard } from './cards.ts'
import { getContact } from './contacts.ts'
import { uploadPhoto } from './files.ts'
import { getHealth } from './health.ts'
import { answerQuestion, listMerges, listQuestions, undoMerge, verifyPhone } from './identity.ts'
import {
  createShare,
  forwardShare,
  getMaterial,
  listCategories,
  listMaterials,
  listShares,
  openShare,
  settleShare,
} from './materials.ts'
import { chooseTracking, erasePerson, exportPersonalData, getPrivacy } from './privacy.ts'
import {
  createH5Session,
  createMiniprogramSession,
  endSession,
  getSession,
  getSettings,
  signUrl,
} from './session.ts'
import { forwardTree, materialStatistics, shareStatistics } from './statistics.ts'
import { listMoments, streamMoments } from './timeline.ts'
import { track } from './track.ts'
import {
  cancelWorkorder,
  findEquipment,
  getWorkorder,
  listWorkorders,
  submitWorkorder,
} from './workorders.ts'

/**
 * Every endpoint. The OpenAPI document is made from it, and a safety spec compares it with the
 * registered routes.
 */
export const endpoints = {
  getHealth,
  getSettings,
  getSession,
  createMiniprogramSession,
  createH5Session,
  endSession,
  signUrl,
  getContact,
  getCard,
  putCard,
  listQuestions,
  answerQuestion,
  listMerges,
  undoMerge,
  verifyPhone,
  track,
  listMoments,
  streamMoments,
  materialStatistics,
  shareStatistics,
  forwardTree,
  listCategories,
  listMaterials,
  getMaterial,
  createShare,
  settleShare,
  openShare,
  forwardShare,
  listShares,
  submitWorkorder,
  listWorkorders,
  getWorkorder,
  cancelWorkorder,
  findEquipment,
  uploadPhoto,
  getPrivacy,
  chooseTracking,
  exportPersonalData,
  erasePerson,
} as const
