import { logo, machine } from './drawings.mjs'

export const filmFrames = { count: 300, perSecond: 25, poster: 150 }

/**
 * The film as a page with `show(second)`. The female rotor is computed: a disc minus the area that
 * the male rotor sweeps while both turn. So the two mesh as real ones do (four lobes against six
 * flutes).
 */
export const film = `<!doctype html><meta charset="utf-8"><style>
* { margin: 0; box-sizing: border-box }
body { width: 960px; height: 540px; overflow: hidden; font-family: 'Noto Sans CJK SC'; color: #fff;
  background: radial-gradient(110% 110% at 75% 20%, #1c63c2 0, #0c3a7c 42%, #061b3d 100%) }
body > * { position: absolute }
.brand { left: 36px; top: 26px; display: flex; gap: 12px; align-items: center; font-weight: 700;
  font-size: 22px; letter-spacing: 3px }
.brand svg { width: 36px }
#title { left: 60px; top: 168px; width: 470px }
#title h1 { font-size: 54px; line-height: 1.25 }
#title p { font-size: 24px; opacity: .85; margin-top: 14px }
#machine { right: 20px; top: 110px; width: 440px }
#caption { left: 0; right: 0; bottom: 26px; text-align: center; font-size: 27px; font-weight: 700;
  text-shadow: 0 2px 10px #00102a }
canvas { left: 0; top: 0 }
#end { inset: 0; text-align: center; padding-top: 150px }
#end h1 { font-size: 58px; letter-spacing: 4px }
#end p { font-size: 25px; margin-top: 18px; opacity: .9 }
#end .row { display: flex; justify-content: center; gap: 60px; margin-top: 46px }
#end b { font-size: 46px; color: #6df0c2; display: block }
</style><canvas id="stage" width="960" height="540"></canvas>
<div class="brand">${logo()}澜川压缩机</div>
<div id="title"><h1>螺杆主机<br>怎样压缩空气</h1><p>吸气 · 压缩 · 排气，一圈完成</p></div>
<div id="machine">${machine()}</div><div id="caption"></div>
<div id="end"><h1>转得稳，才省电</h1><p>澜川 LC 系列螺杆空压机</p>
<div class="row"><span><b>一级能效</b>GB 19153</span><span><b>−23%</b>永磁变频实测省电</span>
<span><b>5 年</b>主机质保</span></div></div>
<script>
const context = document.getElementById('stage').getContext('2d')
const pitchMale = 84, pitchFemale = 126, lobe = 40, distance = pitchMale + pitchFemale
const male = { x: 350, y: 250 }, female = { x: 350 + distance, y: 250 }

function maleShape(c, grow = 0) {
  c.beginPath(); c.arc(0, 0, pitchMale + grow, 0, 7); c.fill()
  for (let i = 0; i < 4; i++) {
    const x = pitchMale * Math.cos(i * Math.PI / 2), y = pitchMale * Math.sin(i * Math.PI / 2)
    c.beginPath(); c.arc(x, y, lobe + grow, 0, 7); c.fill()
  }
}

const cut = document.createElement('canvas'); cut.width = cut.height = 560
{
  const c = cut.getContext('2d'); c.translate(280, 280)
  const steel = c.createRadialGradient(-40, -50, 10, 0, 0, 130)
  steel.addColorStop(0, '#f4f9ff'); steel.addColorStop(1, '#8fb6e6')
  c.fillStyle = steel; c.beginPath(); c.arc(0, 0, pitchFemale - 1, 0, 7); c.fill()
  c.globalCompositeOperation = 'destination-out'
  for (let i = 0; i < 1440; i++) {
    const turn = i / 1440 * 2 * Math.PI
    c.save(); c.rotate(turn); c.translate(-distance, 0); c.rotate(turn * pitchFemale / pitchMale)
    maleShape(c, 1.6); c.restore()
  }
  c.globalCompositeOperation = 'source-over'
  c.fillStyle = '#0b2a55'; c.beginPath(); c.arc(0, 0, 30, 0, 7); c.fill()
  c.fillStyle = '#c8dcf5'; c.beginPath(); c.arc(0, 0, 17, 0, 7); c.fill()
}
let seed = 7; const random = () => (seed = seed * 16807 % 2147483647) / 2147483647
const grains = Array.from({ length: 150 }, () => (
  { phase: random(), side: random() < .42 ? 0 : 1, lane: random(), size: 1.6 + random() * 2.2 }))
const smooth = (from, to, t) => {
  const x = Math.max(0, Math.min(1, (t - from) / (to - from)))
  return x * x * (3 - 2 * x)
}

function casing() {
  context.save()
  context.lineWidth = 20; context.strokeStyle = '#5d7fae'; context.fillStyle = '#0a2550'
  context.beginPath()
  context.arc(male.x, male.y, pitchMale + lobe + 12, Math.PI * .27, Math.PI * 1.73)
  context.arc(female.x, female.y, pitchFemale + 13, Math.PI * 1.25, Math.PI * .75)
  context.closePath(); context.stroke(); context.fill()
  context.fillStyle = '#0a2550'; context.strokeStyle = '#5d7fae'; context.lineWidth = 10
  context.restore()
}

function air(t) {
  for (const grain of grains) {
    const p = (grain.phase + t * .16) % 1
    const centre = grain.side ? female : male, turn = grain.side ? 1 : -1
    const far = grain.side ? pitchFemale - 20 : pitchMale + 18
    const start = -Math.PI / 2 + turn * .45, angle = start + turn * p * Math.PI * 1.15
    const squeeze = 1 - .45 * p, r = far - grain.lane * 26 * squeeze
    const x = centre.x + r * Math.cos(angle), y = centre.y + r * Math.sin(angle)
    const hot = smooth(.35, 1, p)
    const colour = [120 + 135 * hot, 220 - 60 * hot, 255 - 190 * hot].map(Math.round)
    context.fillStyle = 'rgba(' + colour.join() + ',.95)'
    context.beginPath(); context.arc(x, y, grain.size * (1 - .25 * p), 0, 7); context.fill()
  }
}

function port(x, y, text, colour, t) {
  context.save(); context.translate(x, y); context.fillStyle = colour; context.globalAlpha = .9
  for (let i = 0; i < 3; i++) {
    const shift = ((t * 1.4 + i / 3) % 1) * 44
    context.globalAlpha = .9 - shift / 60; context.beginPath(); context.moveTo(-13, shift)
    context.lineTo(13, shift); context.lineTo(0, shift + 15); context.fill()
  }
  context.globalAlpha = 1; context.font = '700 21px Noto Sans CJK SC'; context.textAlign = 'left'
  context.fillText(text, 26, 34); context.restore()
}

function scene(t, from, to) {
  const alpha = smooth(from, from + .6, t) * (1 - smooth(to - .6, to, t)); if (alpha <= 0) return
  const turn = t * 1.5
  context.save(); context.globalAlpha = alpha
  casing()
  context.save(); context.translate(male.x, male.y); context.rotate(turn)
  const blue = context.createRadialGradient(-30, -40, 10, 0, 0, 130)
  blue.addColorStop(0, '#8cc6ff'); blue.addColorStop(1, '#1769d2')
  context.fillStyle = blue; maleShape(context)
  context.fillStyle = '#0b2a55'; context.beginPath(); context.arc(0, 0, 27, 0, 7); context.fill()
  context.fillStyle = '#c8dcf5'; context.beginPath(); context.arc(0, 0, 15, 0, 7); context.fill()
  context.restore()
  context.save(); context.translate(female.x, female.y)
  context.rotate(-turn * pitchMale / pitchFemale); context.drawImage(cut, -280, -280)
  context.restore()
  air(t)
  port(430, 18, '吸气', '#7fdcff', t); port(444, 404, '排气', '#ffc56d', t)
  const pressure = .1 + .7 * smooth(from + .6, to - 1.2, t)
  context.fillStyle = '#ffffff'; context.font = '22px Noto Sans CJK SC'; context.textAlign = 'left'
  context.fillText('压力', 744, 210)
  context.font = '700 52px Noto Sans CJK SC'; context.fillStyle = '#6df0c2'
  context.fillText(pressure.toFixed(2), 742, 268); context.font = '20px Noto Sans CJK SC'
  context.fillText('MPa', 852, 268)
  context.fillStyle = '#ffffff2a'; context.fillRect(744, 288, 160, 12)
  context.fillStyle = '#6df0c2'; context.fillRect(744, 288, 160 * pressure / .8, 12)
  context.font = '20px Noto Sans CJK SC'; context.fillStyle = '#cfe2ff'
  context.fillText('阳转子 4 齿', 70, 250); context.fillText('阴转子 6 槽', 744, 350)
  context.restore()
}

globalThis.show = (t) => {
  context.clearRect(0, 0, 960, 540)
  const set = (id, value) => { document.getElementById(id).style.opacity = value }
  set('title', smooth(0, .5, t) * (1 - smooth(2.2, 2.8, t)))
  set('machine', smooth(.2, .9, t) * (1 - smooth(2.2, 2.8, t))); set('end', smooth(9.6, 10.3, t))
  scene(t, 2.5, 9.8)
  const caption = document.getElementById('caption')
  const lines = [
    [2.9, 5.0, '① 吸气：齿槽打开，空气充满'],
    [5.0, 7.2, '② 压缩：两转子啮合，容积不断变小'],
    [7.2, 9.6, '③ 排气：齿槽对准排气口，高压空气送出'],
  ]
  const line = lines.find(([a, b]) => t >= a && t < b)
  caption.textContent = line ? line[2] : ''
  caption.style.opacity = line ? Math.min(1, (t - line[0]) / .3) : 0
}
</script>`
