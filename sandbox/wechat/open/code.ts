import { isRecord, textField } from '../../platform/fields.ts'
import { Download, Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { drawQrCode } from '../../pictures/qr-code.ts'
import { changed, now, type World } from '../../state/world.ts'
import { categories } from './categories.ts'
import { agentOf, done, programOf } from './components.ts'
import type { Program, Template, Version } from './state.ts'

export const codeMethods: Method[] = [
  { method: 'POST', path: '/wxa/commit', handle: commit },
  { method: 'GET', path: '/wxa/get_page', handle: getPages },
  { method: 'GET', path: '/wxa/get_category', handle: getCategories },
  { method: 'GET', path: '/wxa/get_qrcode', handle: getTrialCode },
  { method: 'GET', path: '/wxa/security/get_code_privacy_info', handle: getCodePrivacyInfo },
  { method: 'POST', path: '/wxa/bind_tester', handle: bindTester },
  { method: 'POST', path: '/wxa/unbind_tester', handle: unbindTester },
]

/** `please wait a minute` says the error of the check that each commit starts. */
const checkMs = 60_000
const mostTesters = 100

/** A template becomes the mini program's trial version. */
function commit(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const { templates } = agentOf(world, call)
  const given = call.body?.template_id
  const template = templates.find(({ id }) => String(id) === String(given))
  if (!template) throw new Refusal(85014, 'invalid template_id')
  const version = textField(call, 'user_version', {
    missing: [85015, 'invalid version'],
    most: 64,
    wrong: [85015, 'invalid version'],
  })
  const ext = readExt(textField(call, 'ext_json'), program.appid, template)
  program.trial = {
    templateId: template.id,
    version,
    desc: textField(call, 'user_desc'),
    pages: ext.pages ?? template.pages,
    privateApis: template.privateApis,
    declaredApis: ext.declared,
    committedAt: now(world),
  }
  changed(world)
  return { ...done }
}

function readExt(
  source: string,
  appid: string,
  template: Template,
): { pages: string[] | undefined; declared: string[] } {
  const ext = parseExt(source)
  if (ext.extAppid !== undefined && ext.extAppid !== '' && ext.extAppid !== appid)
    throw new Refusal(85013, 'invalid ext_json')
  const pages = Array.isArray(ext.pages) ? ext.pages.map(String) : undefined
  if (pages?.length === 0) throw new Refusal(85047, 'pages is empty')
  const extPages = isRecord(ext.extPages) ? Object.keys(ext.extPages) : []
  if ([...(pages ?? []), ...extPages].some((page) => !template.pages.includes(page)))
    throw new Refusal(85045, 'ext_json has a path that does not exist')
  const tabs = isRecord(ext.tabBar) && Array.isArray(ext.tabBar.list) ? ext.tabBar.list : []
  if (tabs.some((tab) => !isRecord(tab) || typeof tab.pagePath !== 'string'))
    throw new Refusal(85046, 'tabBar is missing a path')
  const declared = Array.isArray(ext.requiredPrivateInfos)
    ? ext.requiredPrivateInfos.map((name) => `wx.${String(name)}`)
    : []
  return { pages, declared }
}

function parseExt(source: string): Record<string, unknown> {
  try {
    const ext = JSON.parse(source === '' ? '{}' : source) as unknown
    if (isRecord(ext)) return ext
  } catch {
    // Said below.
  }
  throw new Refusal(85048, 'parse ext_json fail')
}

function getPages(world: World, call: Upstream): Reply {
  return { ...done, page_list: trialOf(programOf(world, call)).pages }
}

function getCategories(world: World, call: Upstream): Reply {
  programOf(world, call)
  return { ...done, category_list: categories }
}

/** The trial version's code. It is an ordinary QR code with the mini program's address in it. */
function getTrialCode(world: World, call: Upstream): Download {
  const program = programOf(world, call)
  const trial = trialOf(program)
  const path = decodeURIComponent(call.query.path ?? trial.pages[0] ?? '')
  if (!trial.pages.includes(path.split('?')[0] ?? '')) throw new Refusal(85066, 'invalid path')
  const address = `https://open.weixin.qq.com/sns/getexpappinfo?appid=${program.appid}&path=${encodeURIComponent(path)}`
  return new Download(drawQrCode(address), 'image/png', 'QRCode.png')
}

/**
 * Until the check is done, `61039`; then the interfaces that would keep the code from being
 * submitted.
 */
function getCodePrivacyInfo(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const trial = trialOf(program)
  requireChecked(world, trial)
  return { ...done, ...privacyGaps(program, trial) }
}

export function privacyGaps(
  { privateApis }: Program,
  { privateApis: used, declaredApis }: Version,
) {
  return {
    without_auth_list: used.filter((name) => privateApis[name]?.status !== 5),
    without_conf_list: used.filter((name) => !declaredApis.includes(name)),
  }
}

export function requireChecked(world: World, { committedAt }: Version) {
  if (now(world) - committedAt < checkMs)
    throw new Refusal(61039, '隐私接口检查任务未完成，请稍等一分钟再重试')
}

export function trialOf({ trial }: Program): Version {
  if (!trial) throw new Refusal(86001, 'no code committed by third party')
  return trial
}

function bindTester(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const wechatid = textField(call, 'wechatid', { missing: [86004, 'invalid wechat'] })
  if (program.testers.some((one) => one.wechatid === wechatid))
    throw new Refusal(85004, 'wechat is already bound')
  if (program.testers.length >= mostTesters) throw new Refusal(85002, 'reach max tester count')
  const userstr = Buffer.from(`${program.appid} ${wechatid}`).toString('base64url')
  program.testers.push({ wechatid, userstr })
  changed(world)
  return { ...done, userstr }
}

function unbindTester(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const [wechatid, userstr] = [textField(call, 'wechatid'), textField(call, 'userstr')]
  const found = program.testers.find((one) =>
    userstr === '' ? one.wechatid === wechatid : one.userstr === userstr,
  )
  if (!found) throw new Refusal(85001, 'wechat not exist')
  program.testers = program.testers.filter((one) => one !== found)
  changed(world)
  return { ...done }
}
