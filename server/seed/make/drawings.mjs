/** Drawings of the invented maker's machines and diagrams, as SVG. All of them are our own. */

let serial = 0

/** Returns `count` parts that differ by their number, from 0. */
function drawn(count, part) {
  return Array.from({ length: count }, (_, index) => part(index)).join('')
}

/** A screw compressor in its cabinet, three-quarter view, 560 × 460. */
export function machine({ body = '#1769d2', label = 'LC-75', pressure = '0.72' } = {}) {
  const id = `m${++serial}`
  const louvres = (x, y, width, rows, step = 11) =>
    drawn(rows, (row) => {
      const from = `x="${x}" width="${width}"`
      return `
        <rect ${from} y="${y + row * step}" height="5.5" rx="2.5" fill="#0d1c2e" opacity=".55"/>
        <rect ${from} y="${y + row * step + 5.2}" height="1.6" rx=".8" fill="#fff" opacity=".5"/>`
    })
  const grate = drawn(9, (i) => {
    const path = `M${231 + i * 15} 82 L${265 + i * 15} 60`
    return `<path d="${path}" stroke="#6d7d92" stroke-width="2.4"/>`
  })
  const blades = drawn(
    6,
    (i) => `<path d="M330 328 q 6 -16 18 -17 q -3 14 -18 17" fill="#8fa2bb"
      transform="rotate(${i * 60} 330 328)"/>`,
  )
  const slats = drawn(
    13,
    (i) => `<path d="M470 ${172 + i * 12} L508 ${143 + i * 12}" stroke="#516078" stroke-width="4"/>
      <path d="M470 ${175 + i * 12} L508 ${146 + i * 12}"
        stroke="#dbe3ee" stroke-width="1.2" opacity=".7"/>`,
  )
  const font = 'font-family="Noto Sans CJK SC"'
  const bold = `${font} font-weight="700"`
  return `<svg viewBox="0 0 560 460" xmlns="http://www.w3.org/2000/svg" class="machine">
  <defs>
    <linearGradient id="${id}f" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="#fbfcfe"/>
      <stop offset=".55" stop-color="#e6ebf2"/><stop offset="1" stop-color="#ccd5e1"/>
    </linearGradient>
    <linearGradient id="${id}s" x1="0" y1="0" x2="1" y2="0">
      <stop offset="0" stop-color="#b9c4d3"/>
      <stop offset="1" stop-color="#8d9bb0"/></linearGradient>
    <linearGradient id="${id}t" x1="0" y1="1" x2="0" y2="0">
      <stop offset="0" stop-color="#f6f8fb"/>
      <stop offset="1" stop-color="#d3dbe6"/></linearGradient>
    <linearGradient id="${id}b" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="${body}"/>
      <stop offset="1" stop-color="#0c3f8c"/></linearGradient>
    <radialGradient id="${id}g"><stop offset="0" stop-color="#001225" stop-opacity=".5"/>
      <stop offset="1" stop-color="#001225" stop-opacity="0"/></radialGradient>
    <linearGradient id="${id}k" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="#12304f"/>
      <stop offset="1" stop-color="#061423"/></linearGradient>
  </defs>
  <ellipse cx="290" cy="418" rx="270" ry="30" fill="url(#${id}g)"/>
  <path d="M92 96 L156 50 L520 50 L456 96 Z" fill="url(#${id}t)"/>
  <path d="M456 96 L520 50 L520 358 L456 408 Z" fill="url(#${id}s)"/>
  <rect x="92" y="96" width="364" height="312" fill="url(#${id}f)"/>
  <path d="M215 84 L252 58 L402 58 L365 84 Z" fill="#4b5a6e"/>
  <path d="M221 82 L255 60 L395 60 L361 82 Z" fill="#26323f"/>
  ${grate}
  <rect x="92" y="96" width="364" height="40" fill="url(#${id}b)"/>
  <path d="M456 96 L520 50 L520 88 L456 136 Z" fill="#0b3a80"/>
  <text x="112" y="124" ${bold} font-size="22" fill="#fff" letter-spacing="3">澜川</text>
  <text x="166" y="123" ${bold} font-size="12" fill="#cfe2ff" letter-spacing="2">LANCHUAN</text>
  <text x="438" y="124" text-anchor="end" ${bold} font-size="20" fill="#fff">${label}</text>
  <path d="M243 136 V396 M92 396 H456" stroke="#a9b5c5" stroke-width="2"/>
  <path d="M245 136 V396" stroke="#fff" stroke-width="1.4"/>
  <rect x="112" y="160" width="112" height="126" rx="8" fill="#dfe6ee" stroke="#b4c0cf"/>
  <rect x="122" y="170" width="92" height="60" rx="4" fill="url(#${id}k)"/>
  <text x="132" y="193" ${font} font-size="10" fill="#7fb6ff">排气压力 MPa</text>
  <text x="132" y="219" ${bold} font-size="24" fill="#4df0b0">${pressure}</text>
  <path d="M184 222 l6 -8 6 4 6 -10 6 5" fill="none" stroke="#4d9fff" stroke-width="2"/>
  <circle cx="136" cy="258" r="10" fill="#23b26d" stroke="#0f7c48" stroke-width="2"/>
  <circle cx="168" cy="258" r="10" fill="#f2f4f7" stroke="#9aa7b8" stroke-width="2"/>
  <circle cx="200" cy="258" r="10" fill="#e5484d" stroke="#a3262b" stroke-width="2"/>
  <circle cx="133" cy="255" r="3" fill="#fff" opacity=".7"/>
  <circle cx="197" cy="255" r="3" fill="#fff" opacity=".6"/>
  ${louvres(116, 308, 104, 7)}
  ${louvres(268, 160, 166, 9)}
  <rect x="268" y="278" width="166" height="100" rx="4"
    fill="none" stroke="#b3bfce" stroke-width="2"/>
  <rect x="416" y="314" width="8" height="28" rx="3" fill="#56657a"/>
  <circle cx="330" cy="328" r="34" fill="#d8e0ea" stroke="#a8b5c6" stroke-width="2"/>
  <circle cx="330" cy="328" r="26" fill="#27364a"/>
  ${blades}<circle cx="330" cy="328" r="5" fill="#dfe7f0"/>
  ${slats}
  <path d="M92 396 H456 V412 H92 Z" fill="#33435a"/>
  <path d="M456 396 L520 346 V362 L456 412 Z" fill="#202d3f"/>
  <rect x="112" y="412" width="52" height="10" fill="#1b2635"/>
  <rect x="384" y="412" width="52" height="10" fill="#1b2635"/>
  <path d="M92 96 H456" stroke="#fff" stroke-width="1.5" opacity=".5"/>
  <path d="M456 96 V408" stroke="#fff" stroke-width="1.5" opacity=".55"/>
</svg>`
}

/** An air receiver with its gauge, 180 × 420. */
export function receiver() {
  const id = `r${++serial}`
  return `<svg viewBox="0 0 180 420" xmlns="http://www.w3.org/2000/svg" class="receiver">
  <defs><linearGradient id="${id}c" x1="0" y1="0" x2="1" y2="0">
  <stop offset="0" stop-color="#7d8da3"/><stop offset=".3" stop-color="#f2f5f9"/>
  <stop offset=".62" stop-color="#c8d2df"/><stop offset="1" stop-color="#6f7f96"/></linearGradient>
  <radialGradient id="${id}g"><stop offset="0" stop-color="#001225" stop-opacity=".5"/>
  <stop offset="1" stop-color="#001225" stop-opacity="0"/></radialGradient></defs>
  <ellipse cx="90" cy="400" rx="86" ry="16" fill="url(#${id}g)"/>
  <path d="M46 330 L38 400 H52 L62 340 M134 330 L142 400 H128 L118 340 M84 350 V402 H96 V350"
    fill="#44546b"/>
  <rect x="80" y="8" width="20" height="30" rx="3" fill="#8292a8"/>
  <path d="M74 8 H106" stroke="#55657c" stroke-width="8" stroke-linecap="round"/>
  <path d="M30 92 C30 20 150 20 150 92 V310 C150 372 30 372 30 310 Z" fill="url(#${id}c)"/>
  <path d="M30 92 H150 M30 312 H150" stroke="#5f6f86" stroke-width="2" opacity=".5"/>
  <rect x="30" y="190" width="120" height="34" fill="#1769d2" opacity=".92"/>
  <text x="90" y="214" text-anchor="middle" font-family="Noto Sans CJK SC" font-weight="700"
    font-size="19" fill="#fff" letter-spacing="3">澜川</text>
  <circle cx="90" cy="136" r="24" fill="#fff" stroke="#3c4b60" stroke-width="4"/>
  <path d="M76 146 A17 17 0 1 1 104 146" fill="none" stroke="#23b26d" stroke-width="4"/>
  <path d="M90 138 L100 124" stroke="#e5484d" stroke-width="3" stroke-linecap="round"/>
</svg>`
}

/** The maker's sign: two flow lines around a rotor. */
export function logo(colour = '#fff') {
  return `<svg viewBox="0 0 64 64" class="logo">
  <rect width="64" height="64" rx="14" fill="${colour}" opacity=".14"/>
  <g fill="none" stroke="${colour}" stroke-width="5" stroke-linecap="round">
  <path d="M12 26 C22 14 30 38 42 25 C46 21 50 21 53 23"/>
  <path d="M12 41 C22 29 30 53 42 40 C46 36 50 36 53 38"/></g></svg>`
}

/** Simple line signs for lists, 48 × 48. */
export const signs = {
  leak: sign(
    '<path d="M8 30 H26 M30 24 V36 M34 22 l6 -4 M35 29 h8 M34 36 l6 4"/><circle cx="18" cy="18" r="4"/>',
  ),
  pressure: sign(
    '<circle cx="24" cy="26" r="16"/><path d="M24 26 L32 16 M13 33 h2 M33 33 h2 M24 12 v3"/>',
  ),
  inverter: sign(
    '<rect x="9" y="9" width="30" height="30" rx="4"/><path d="M14 26 q5 -14 10 0 t10 0"/>',
  ),
  heat: sign('<path d="M24 6 V28"/><circle cx="24" cy="34" r="7"/><path d="M33 12 h6 M33 19 h6"/>'),
  pipe: sign('<path d="M6 18 H24 Q32 18 32 26 V42 M6 28 H20 Q22 28 22 30 V42 M28 40 H38 M16 40"/>'),
  clock: sign('<circle cx="24" cy="24" r="16"/><path d="M24 14 V25 L31 29"/>'),
  filter: sign(
    '<rect x="14" y="8" width="20" height="32" rx="4"/><path d="M14 16 H34 M20 20 V36 M24 20 V36 M28 20 V36"/>',
  ),
  oil: sign(
    '<path d="M24 7 C33 20 37 26 37 31 A13 13 0 0 1 11 31 C11 26 15 20 24 7 Z"/><path d="M18 32 a6 6 0 0 0 6 6"/>',
  ),
  wrench: sign(
    '<path d="M31 9 a9 9 0 0 0 -11 12 L9 32 a4 4 0 0 0 6 6 L26 27 a9 9 0 0 0 12 -11 l-6 5 -5 -1 -1 -5 z"/>',
  ),
  shield: sign(
    '<path d="M24 6 L39 12 V24 C39 33 32 39 24 42 C16 39 9 33 9 24 V12 Z"/><path d="M17 24 l5 5 9 -10"/>',
  ),
  phone: sign(
    '<path d="M14 8 l6 8 -4 5 c2 5 6 9 11 11 l5 -4 8 6 c-2 6 -8 8 -13 6 C17 36 11 28 8 20 c-1 -5 2 -10 6 -12 z"/>',
  ),
  truck: sign(
    '<path d="M5 13 H28 V33 H5 Z M28 20 H37 L43 27 V33 H28"/><circle cx="14" cy="35" r="4"/><circle cx="35" cy="35" r="4"/>',
  ),
  drop: sign('<path d="M24 8 C31 18 35 24 35 29 A11 11 0 0 1 13 29 C13 24 17 18 24 8 Z"/>'),
  factory: sign('<path d="M6 40 V22 L17 28 V22 L28 28 V10 H38 V40 Z M13 34 h4 M22 34 h4"/>'),
  snow: sign('<path d="M24 6 V42 M8 15 L40 33 M8 33 L40 15 M19 9 l5 5 5 -5 M19 39 l5 -5 5 5"/>'),
}

function sign(paths) {
  return `<svg viewBox="0 0 48 48" class="sign" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round">${paths}</svg>`
}

/** Bars that compare, each `{ name, value, note, colour }`; `width` × 230. */
export function bars(
  rows,
  { width = 560, most = Math.max(...rows.map((row) => row.value)), dark = false } = {},
) {
  const ink = dark ? '#e9f1ff' : '#1c2b40'
  return `<svg viewBox="0 0 ${width} ${rows.length * 62}" class="bars">${rows
    .map((row, index) => {
      const y = index * 62
      const length = ((width - 10) * row.value) / most
      const text = `y="${y + 17}" fill="${ink}" font-family="Noto Sans CJK SC"`
      const ground = dark ? '#ffffff' : '#0b2a55'
      return `<text x="0" font-size="17" ${text}>${row.name}</text>
      <text x="${width}" text-anchor="end" font-size="18"
        font-weight="700" ${text}>${row.note}</text>
      <rect x="0" y="${y + 26}" width="${width}" height="18" rx="9" fill="${ground}" opacity=".09"/>
      <rect x="0" y="${y + 26}" width="${length}" height="18" rx="9" fill="${row.colour}"/>`
    })
    .join('')}</svg>`
}

/**
 * A day's power curve, `width` × 220: the fixed-speed machine that idles, and the inverter machine
 * that follows the demand.
 */
export function powerCurve({ width = 620, dark = false } = {}) {
  const ink = dark ? '#cfdcf0' : '#5c6b80'
  const demand = [30, 28, 26, 30, 55, 82, 88, 86, 60, 84, 90, 87, 78, 52, 36, 30]
  const x = (i) => 44 + (i * (width - 64)) / (demand.length - 1)
  const y = (v) => 190 - v * 1.7
  const line = (values) =>
    values.map((v, i) => `${i ? 'L' : 'M'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join(' ')
  const fixed = demand.map((v) => 42 + v * 0.58)
  const levels = [0, 25, 50, 75, 100]
    .map(
      (v) => `<path d="M44 ${y(v)} H${width - 16}" stroke="${ink}" opacity=".22"/>
      <text x="36" y="${y(v) + 5}" text-anchor="end" font-size="13" fill="${ink}">${v}</text>`,
    )
    .join('')
  const hours = ['0:00', '6:00', '12:00', '18:00', '24:00']
    .map((hour, i) => {
      const middle = 44 + (i * (width - 64)) / 4
      return `<text x="${middle}" y="216" text-anchor="middle" font-size="13" fill="${ink}">${hour}</text>`
    })
    .join('')
  const back = demand
    .map((v, i) => `L${x(i).toFixed(1)} ${y(v).toFixed(1)}`)
    .reverse()
    .join(' ')
  return `<svg viewBox="0 0 ${width} 226" class="curve" font-family="Noto Sans CJK SC">
  ${levels}
  ${hours}
  <path d="${line(fixed)} ${back} Z" fill="#ff9f43" opacity=".28"/>
  <path d="${line(fixed)}" fill="none" stroke="#f08a24" stroke-width="3.5" stroke-linejoin="round"/>
  <path d="${line(demand)}" fill="none" stroke="#1f8fff" stroke-width="3.5"
    stroke-linejoin="round"/>
</svg>`
}
