import { describe } from '../state/describe.ts'
import { recentCalls, secondsLeft, stateOf } from '../state/grants.ts'
import { mainApp, type World } from '../state/world.ts'
import { appCounter, corpCounter, ticketQuota } from '../wecom/apps/tokens.ts'

const hour = 3_600_000

/** What the platforms know at this moment, for a developer's eye. Tokens are cut: the page may be shown to anyone. */
export function inspectorPage(world: World): string {
  const state = describe(world)
  const calls = world.calls.slice(-60).reverse()
  const invokes = world.invokes.slice(-40).reverse()
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>沙箱检查器</title><meta http-equiv="refresh" content="5">
<style>
body{font:13px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;margin:24px auto;max-width:1180px;padding:0 16px;color:#1f2430;background:#f6f7f9}
h1{font-size:20px;margin:0}h2{font-size:14px;margin:24px 0 8px}.muted{color:#7a8291}
table{border-collapse:collapse;width:100%;background:#fff;border:1px solid #e3e6ec}th,td{text-align:left;padding:5px 10px;border-bottom:1px solid #eef0f4;vertical-align:top}
th{font-weight:500;color:#7a8291;white-space:nowrap}td.n{font-variant-numeric:tabular-nums;white-space:nowrap}code{font:12px ui-monospace,monospace;word-break:break-all}
.bad{color:#c0392b}.good{color:#1c8c4e}meter{width:160px}details summary{cursor:pointer}
</style></head><body>
<h1>${text(state.corp.name)}</h1>
<p class="muted">场景 ${text(state.scene)} · 时钟 ${text(state.clock.now)}（快 ${state.clock.offsetSeconds} 秒） · 应用 ${text(state.corp.appName)} ${text(state.corp.agentId)} ·
可信域名 ${text(state.trustedHosts.join(' '))} · 上游 ${text(world.addresses.upstream.join(' '))} · <a href="/">桌面</a> <a href="/_sandbox/ledger">清单</a> <a href="/_sandbox/state">状态</a></p>
<h2>凭证</h2>${table(
    ['种类', '归属', '值', '剩余秒数', '状态'],
    world.grants
      .slice(-20)
      .reverse()
      .map((one) => [
        one.kind,
        one.owner,
        `<code>${text(one.value.slice(0, 12))}…</code>`,
        secondsLeft(world, one),
        mark(stateOf(world, one), stateOf(world, one) === 'valid'),
      ]),
  )}
<h2>票据配额（一小时）</h2>${table(
    ['票据', '企业', '应用'],
    (['wecom.ticket', 'wecom.agent-ticket'] as const).map((kind) => [
      kind,
      gauge(world, corpCounter(kind, state.corp.id), ticketQuota.corp),
      gauge(world, appCounter(kind, mainApp(world).key), ticketQuota.app),
    ]),
  )}
<h2>成员</h2>${table(
    ['userid', '姓名', '部门', '可见范围'],
    state.members.map((one) => [text(one.id), text(one.name), text(one.department), mark(one.visible ? '内' : '外', one.visible)]),
  )}
<h2>客户</h2>${table(
    ['姓名', 'external_userid', 'unionid', 'openid（小程序 / 公众号）', '关注', '跟进人'],
    state.customers.map((one) => [
      text(one.name),
      `<code>${text(one.externalUserId)}</code>`,
      `<code>${text(one.unionid)}</code>`,
      `<code>${text(one.miniprogramOpenid)}<br>${text(one.officialOpenid)}</code>`,
      one.subscribed ? '是' : '否',
      text(one.follows.map(({ memberId }) => memberId).join(' ') || '无'),
    ]),
  )}
<h2>故障</h2>${table(
    ['接口', '剩余次数', '方式'],
    state.faults.map((one) => [text(one.path), one.times, `<code>${text(JSON.stringify(one.how))}</code>`]),
  )}
<h2>服务端接口调用（最近 ${calls.length} 次）</h2>${table(
    ['时间', '接口', '参数', 'errcode', '应答'],
    calls.map((one) => [
      text(one.at.slice(11, 23)),
      `${one.method} <code>/${one.service}${text(one.path)}</code>`,
      `<code>${text(JSON.stringify(one.query))}</code>`,
      mark(one.fault ?? String(one.errcode ?? 0), !one.fault && !one.errcode),
      `<details><summary>${one.status}</summary><code>${text(JSON.stringify(one.reply))}</code></details>`,
    ]),
  )}
<h2>客户端调用（最近 ${invokes.length} 次）</h2>${table(
    ['时间', '函数', '页面', '结果'],
    invokes.map((one) => [
      text(one.at.slice(11, 23)),
      `<code>${text(one.name)}</code>`,
      `<code>${text(one.url)}</code>`,
      `<code>${text(JSON.stringify(one.result))}</code>`,
    ]),
  )}
</body></html>`
}

function table(heads: string[], rows: (string | number)[][]): string {
  if (rows.length === 0) return '<p class="muted">无</p>'
  const body = rows.map(
    (cells) => `<tr>${cells.map((cell) => `<td${typeof cell === 'number' ? ' class="n"' : ''}>${cell}</td>`).join('')}</tr>`,
  )
  return `<table><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>${body.join('')}</table>`
}

function gauge(world: World, counter: string, most: number): string {
  const used = recentCalls(world, counter, hour).length
  return `<meter max="${most}" high="${most * 0.8}" value="${used}"></meter> ${used} / ${most}`
}

function mark(words: string, isGood: boolean): string {
  return `<span class="${isGood ? 'good' : 'bad'}">${text(words)}</span>`
}

function text(value: string): string {
  return value.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
