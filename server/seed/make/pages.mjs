import { bars, logo, machine, powerCurve, receiver, signs } from './drawings.mjs'

const base = `
* { box-sizing: border-box; margin: 0 }
body { font-family: 'Noto Sans CJK SC', sans-serif; color: #14233a;
  -webkit-print-color-adjust: exact }
svg { display: block } .sign { width: 1em; height: 1em } .logo { width: 1.5em; height: 1.5em }
.brand { display: flex; align-items: center; gap: .5em; font-weight: 700; letter-spacing: .12em }
.brand small { font-weight: 400; opacity: .75; letter-spacing: .16em; font-size: .62em }
`
const brand = (colour = '#fff') =>
  `<div class="brand" style="color:${colour}">${logo(colour)}澜川压缩机<small>LANCHUAN</small></div>`
const page = (css, html) =>
  `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>${base}${css}</style><body>${html}</body></html>`

const grounds = {
  night: 'radial-gradient(120% 100% at 85% 20%, #1f6fd6 0, #0d3f86 38%, #071f45 78%, #05152f 100%)',
  sky: 'linear-gradient(160deg, #f4f9ff 0, #d9e9fb 60%, #b9d6f5 100%)',
  teal: 'radial-gradient(120% 110% at 80% 15%, #16a394 0, #0a6a68 45%, #053a41 100%)',
  amber: 'radial-gradient(120% 110% at 85% 10%, #ff9d3c 0, #d9621a 46%, #7c2b08 100%)',
  steel: 'linear-gradient(160deg, #f7f9fb 0, #dfe6ee 65%, #c3cfdd 100%)',
  ice: 'radial-gradient(120% 110% at 75% 10%, #7cc6ff 0, #2573c9 45%, #0b2f66 100%)',
}

/** 800 × 640, as a mini-program card shows it (5:4). */
function cover({ ground, light = false, tag, title, note, art }) {
  const ink = light ? '#0e2748' : '#fff'
  const line = light ? '#0b2a5511' : '#ffffff12'
  const label = light ? '#1769d2' : '#ffffff24'
  return page(
    `body { width: 800px; height: 640px; overflow: hidden; background: ${grounds[ground]};
      position: relative; color: ${ink} }
    .grid { position: absolute; inset: 0;
      background-image: linear-gradient(${line} 1px, transparent 1px),
        linear-gradient(90deg, ${line} 1px, transparent 1px); background-size: 40px 40px;
      mask-image: linear-gradient(200deg, #000, transparent 75%) }
    .brand { position: absolute; left: 44px; top: 36px; font-size: 25px }
    .tag { position: absolute; right: 40px; top: 40px; font-size: 22px; padding: 5px 16px;
      border-radius: 99px; background: ${label}; color: #fff }
    .words { position: absolute; left: 44px; top: 112px; width: 712px }
    h1 { font-size: 60px; line-height: 1.22; letter-spacing: .01em }
    p { font-size: 27px; margin-top: 14px; opacity: .86 }
    .art { position: absolute }`,
    `<div class="grid"></div>${brand(light ? '#1769d2' : '#fff')}<div class="tag">${tag}</div><div class="words"><h1>${title}</h1><p>${note}</p></div>${art}`,
  )
}

const at = (css, html) => `<div class="art" style="${css}">${html}</div>`
const panel = (css, html) =>
  at(
    `background:#fff;border-radius:18px;box-shadow:0 18px 44px #04183833;padding:22px 28px;color:#14233a;${css}`,
    html,
  )

export const covers = {
  'cover-brochure': cover({
    ground: 'night',
    tag: '产品手册',
    title: 'LC 系列螺杆空压机',
    note: '7.5–250 kW · 一级能效 · 2026 版',
    art:
      at('right:6px;bottom:-22px;width:500px', machine()) +
      at('left:64px;bottom:18px;width:138px', receiver()),
  }),
  'cover-inverter': cover({
    ground: 'teal',
    tag: '节能方案',
    title: '永磁变频，<br>每年少付 11 万电费',
    note: '75 kW 空压站实测对比',
    art:
      at('right:-30px;bottom:-36px;width:420px', machine({ body: '#12857b', label: 'LC-75VPM' })) +
      at(
        'left:46px;bottom:46px;width:360px',
        bars(
          [
            { name: '工频机', value: 100, note: '48.6 万元/年', colour: '#ffb35c' },
            { name: '永磁变频', value: 77, note: '37.4 万元/年', colour: '#5ff0c4' },
          ],
          { width: 360, dark: true },
        ),
      ),
  }),
  'cover-alarm': cover({
    ground: 'amber',
    tag: '维护保养',
    title: '高温报警，<br>先别停产',
    note: '现场三步排查，十分钟找到原因',
    art:
      at('right:52px;bottom:40px;width:250px', gauge()) +
      at(
        'left:48px;bottom:52px;font-size:24px;line-height:2',
        ['看油位', '摸管路', '吹散热器']
          .map(
            (step, i) =>
              `<div><b style="display:inline-block;width:38px;height:38px;line-height:38px;text-align:center;border-radius:50%;background:#fff;color:#c2520f;margin-right:14px">${i + 1}</b>${step}</div>`,
          )
          .join(''),
      ),
  }),
  'cover-choose': cover({
    ground: 'sky',
    light: true,
    tag: '选型指南',
    title: '选型之前，<br>先回答 5 个问题',
    note: '压力、气量、气质、班次、环境',
    art:
      at('right:-4px;bottom:-20px;width:440px', machine({ label: 'LC-37' })) +
      at(
        'left:50px;bottom:58px;font-size:64px;display:flex;flex-wrap:wrap;width:290px;gap:20px;color:#1769d2',
        signs.pressure + signs.pipe + signs.drop + signs.clock + signs.heat + signs.factory,
      ),
  }),
  'cover-case-auto': cover({
    ground: 'steel',
    light: true,
    tag: '客户案例',
    title: '汽车零部件厂空压站改造',
    note: '单位能耗下降 27%,14 个月收回投资',
    art: at('left:0;right:0;bottom:0;height:340px', station()),
  }),
  'cover-quality': cover({
    ground: 'ice',
    tag: '选型指南',
    title: '无油还是微油？',
    note: '食品、医药行业的用气等级怎么定',
    art:
      at('right:54px;bottom:40px;width:300px', drop()) +
      panel(
        'left:44px;bottom:56px;width:350px;font-size:22px;line-height:1.9',
        '<b style="color:#1769d2">ISO 8573-1</b><br>颗粒 · 水 · 油 三项等级<br><span style="color:#5c6b80">1.2.1 级可接触食品包装</span>',
      ),
  }),
  'cover-checklist': cover({
    ground: 'night',
    tag: '维护保养',
    title: '日常点检与<br>保养手册',
    note: '班前 3 分钟，少修一半机',
    art:
      panel(
        'right:54px;bottom:-30px;width:400px;font-size:24px;line-height:2.05;transform:rotate(-3deg)',
        [
          '油位在观察窗 1/2–2/3',
          '排气温度 75–95 ℃',
          '冷凝水已排净',
          '皮带与接头无异响',
          '散热器无积灰',
        ]
          .map(
            (row) =>
              `<div style="border-bottom:1px solid #e3e9f1"><span style="color:#23b26d;font-weight:700;margin-right:12px">✓</span>${row}</div>`,
          )
          .join(''),
      ) + at('left:60px;bottom:60px;font-size:150px;color:#6fb4ff', signs.wrench),
  }),
  'cover-savings': cover({
    ground: 'teal',
    tag: '节能方案',
    title: '压缩空气省电的<br>6 个地方',
    note: '一张图看懂，照着查',
    art: at(
      'left:56px;bottom:48px;display:grid;grid-template-columns:repeat(3,1fr);gap:22px;width:690px',
      ['leak', 'pressure', 'inverter', 'heat', 'pipe', 'clock']
        .map(
          (key, i) =>
            `<div style="background:#ffffff1c;border:1px solid #ffffff33;border-radius:16px;padding:16px 20px;font-size:52px;display:flex;align-items:center;gap:16px">${signs[key]}<span style="font-size:25px;font-weight:700">${['堵漏', '降压', '变频', '回收', '管路', '启停'][i]}</span></div>`,
        )
        .join(''),
    ),
  }),
  'cover-winter': cover({
    ground: 'ice',
    tag: '优惠活动',
    title: '入冬保养套餐',
    note: '11 月 15 日—12 月 31 日',
    art:
      at('right:-24px;bottom:-30px;width:430px', machine({ label: 'LC-55' })) +
      at(
        'left:46px;bottom:48px',
        `<div style="font-size:30px">套餐价</div><div style="font-size:110px;font-weight:700;line-height:1.1;color:#ffe08a"><span style="font-size:48px">¥</span>1980<span style="font-size:30px;color:#fff;font-weight:400"> 起</span></div>`,
      ),
  }),
  'cover-table': cover({
    ground: 'steel',
    light: true,
    tag: '选型指南',
    title: '选型速查表',
    note: '按用气量一眼找到机型',
    art: panel(
      'left:44px;right:44px;bottom:40px;padding:10px 28px;font-size:25px',
      table([
        ['机型', '功率 kW', '排气量 m³/min', '噪声 dB'],
        ['LC-22', '22', '3.6', '66'],
        ['LC-37', '37', '6.5', '68'],
        ['LC-55', '55', '10.1', '70'],
        ['LC-75', '75', '13.6', '72'],
      ]),
    ),
  }),
  'cover-video': cover({
    ground: 'night',
    tag: '视频',
    title: '螺杆主机怎样压缩空气',
    note: '12 秒动画',
    art:
      at('left:130px;bottom:20px;width:540px', rotors()) +
      at(
        'left:345px;bottom:130px;width:110px;height:110px;border-radius:50%;background:#ffffffe6',
        '<svg viewBox="0 0 110 110"><path d="M44 34 L80 55 L44 76 Z" fill="#1769d2"/></svg>',
      ),
  }),
  'cover-service': cover({
    ground: 'amber',
    tag: '服务',
    title: '4 小时到场，<br>不让产线等气',
    note: '华东 11 个服务站 · 7×24 小时',
    art: at(
      'left:50px;bottom:60px;font-size:120px;display:flex;gap:56px;color:#fff',
      signs.phone + signs.truck + signs.wrench + signs.shield,
    ),
  }),
  'cover-case-dairy': cover({
    ground: 'sky',
    light: true,
    tag: '客户案例',
    title: '乳品厂的无油供气',
    note: '灌装线零油污停机 400 天',
    art:
      at('left:56px;bottom:16px;width:150px', receiver()) +
      at('left:196px;bottom:16px;width:150px', receiver()) +
      at('right:0;bottom:-26px;width:430px', machine({ label: 'LC-90W', body: '#1f8f6b' })),
  }),
  'cover-standard': cover({
    ground: 'steel',
    light: true,
    tag: '标准',
    title: '空压机能效等级<br>国家标准查询',
    note: '全国标准全文公开系统',
    art: panel(
      'left:44px;bottom:50px;width:712px;font-size:26px;padding:24px 30px',
      '<b style="color:#1769d2">GB 19153</b>&emsp;容积式空气压缩机能效限定值及能效等级<div style="display:flex;gap:14px;margin-top:20px">' +
        [
          ['1 级', '#0d9f5f'],
          ['2 级', '#7db928'],
          ['3 级', '#f0a31c'],
        ]
          .map(
            ([name, colour], i) =>
              `<div style="flex:${4 - i};background:${colour};color:#fff;padding:10px 18px;border-radius:8px;font-weight:700">${name}</div>`,
          )
          .join('') +
        '</div>',
    ),
  }),
}

/** 1080 px wide, read on a phone. */
export const posters = {
  'poster-savings': {
    height: 2000,
    html: page(
      `body { width: 1080px;
        background: linear-gradient(#053a41, #0a6a68 480px, #eef7f6 480px) no-repeat #eef7f6;
        min-height: 2000px }
      header { color: #fff; padding: 70px 72px 0; height: 470px; position: relative }
      .brand { font-size: 32px }
      h1 { font-size: 80px; line-height: 1.2; margin-top: 56px }
      header p { font-size: 34px; opacity: .88; margin-top: 20px }
      .cards { padding: 0 56px; display: grid; gap: 26px }
      .card { background: #fff; border-radius: 26px; padding: 34px 40px; display: grid;
        grid-template-columns: 110px 1fr 230px; align-items: center; gap: 26px;
        box-shadow: 0 10px 34px #053a4120 }
      .card .sign { font-size: 92px; color: #0a8079 }
      .card h2 { font-size: 40px }
      .card p { font-size: 29px; color: #4b5d6c; margin-top: 8px; line-height: 1.5 }
      .card b { font-size: 58px; color: #e0701c; text-align: right; white-space: nowrap }
      .card b small { font-size: 26px; display: block; color: #8494a3; font-weight: 400 }
      footer { margin: 44px 72px 0; display: flex; justify-content: space-between; font-size: 28px;
        color: #35606a }`,
      `<header>${brand()}<h1>压缩空气省电的 6 个地方</h1><p>一台 75 kW 空压机一年要用 40 多万度电，照着查一遍就有收获</p></header><div class="cards">${[
        ['leak', '堵住漏点', '接头、软管、气动三联件是漏气三大处；每季度超声检漏一次', '10–20%'],
        ['pressure', '降低压力', '排气压力每降 0.1 MPa，主机轴功率约降 7%', '7%'],
        ['inverter', '变频代替卸载', '卸载时仍耗 40% 的电；负荷波动大的产线换永磁变频', '15–25%'],
        ['heat', '回收余热', '机油带走的热量可供洗浴、清洗槽加温', '60%↑'],
        ['pipe', '理顺管路', '环形管网、放大管径，末端压降控制在 0.02 MPa 内', '3–5%'],
        ['clock', '联控启停', '多台机按需投运，夜班不让大机带小负荷', '5–12%'],
      ]
        .map(
          ([key, title, text, gain], i) =>
            `<div class="card">${signs[key]}<div><h2>${title}</h2><p>${text}</p></div><b>${gain}<small>${i === 3 ? '热量可回收' : '可省电'}</small></b></div>`,
        )
        .join(
          '',
        )}</div><footer><span>数据为行业常见范围，以现场实测为准</span><span>澜川压缩机</span></footer>`,
    ),
  },
  'poster-winter': {
    height: 1780,
    html: page(
      `body { width: 1080px; height: 1780px; overflow: hidden; color: #fff;
        background: radial-gradient(100% 70% at 70% 22%, #8fd0ff 0, #2b7bd0 45%, #0b2f66 100%);
        position: relative }
      .brand { font-size: 34px; padding: 70px 72px 0 }
      h1 { font-size: 128px; line-height: 1.15; padding: 60px 72px 0; letter-spacing: .02em }
      h1 + p { font-size: 42px; padding: 18px 72px 0; opacity: .92 }
      .machine { position: absolute; right: -50px; top: 690px; width: 740px }
      .price { position: absolute; left: 72px; top: 640px }
      .price b { font-size: 150px; color: #ffe08a; line-height: 1.1 }
      .price small { font-size: 38px }
      .box { position: absolute; left: 56px; right: 56px; bottom: 150px; background: #ffffff;
        border-radius: 30px; color: #14233a; padding: 40px 48px; display: grid;
        grid-template-columns: 1fr 1fr; gap: 24px 40px; font-size: 34px }
      .box div { display: flex; align-items: center; gap: 20px }
      .box .sign { font-size: 56px; color: #1769d2; flex: none }
      .flake { position: absolute; color: #ffffff55 }
      footer { position: absolute; left: 72px; right: 72px; bottom: 62px; font-size: 29px;
        display: flex; justify-content: space-between; opacity: .9 }`,
      `${[
        [860, 90, 130],
        [700, 330, 70],
        [940, 380, 90],
        [800, 560, 60],
        [600, 130, 54],
      ]
        .map(
          ([x, y, size]) =>
            `<div class="flake" style="left:${x}px;top:${y}px;font-size:${size}px">${signs.snow}</div>`,
        )
        .join('')}${brand()}<h1>入冬保养<br>套餐</h1><p>11 月 15 日 — 12 月 31 日</p>
      ${machine({ label: 'LC-55' })}
      <div class="price"><small>套餐价</small><br>
      <b><span style="font-size:64px">¥</span>1980</b> <small>起</small></div>
      <div class="box">${[
        ['oil', '更换专用润滑油'],
        ['filter', '空滤、油滤、油分芯'],
        ['heat', '散热器深度清洗'],
        ['drop', '疏水阀防冻检查'],
        ['pressure', '安全阀与压力校验'],
        ['shield', '出具 32 项检测报告'],
      ]
        .map(([key, text]) => `<div>${signs[key]}<span>${text}</span></div>`)
        .join('')}</div>
      <footer><span>22–75 kW 机型适用，含上门</span>
      <span>在小程序「报修」选「保养」预约</span></footer>`,
    ),
  },
  'poster-table': {
    height: 1520,
    html: page(
      `body { width: 1080px; background: #eef2f7 } header { background: ${grounds.night}; color: #fff; padding: 64px 64px 70px } .brand { font-size: 30px } h1 { font-size: 80px; margin-top: 36px } header p { font-size: 32px; opacity: .86; margin-top: 12px } main { padding: 44px 48px } .sheet { background: #fff; border-radius: 26px; padding: 14px 40px 26px; font-size: 33px; box-shadow: 0 10px 30px #0b2a5518 } footer { font-size: 28px; line-height: 1.8; color: #4b5a6e; margin-top: 36px }`,
      `<header>${brand()}<h1>螺杆空压机选型速查表</h1><p>额定排气压力 0.8 MPa，进气 20 ℃、0.1 MPa</p></header><main><div class="sheet">${table(
        [
          ['机型', '功率 kW', '排气量 m³/min', '出口', '噪声 dB'],
          ['LC-7.5', '7.5', '1.2', 'G¾', '62'],
          ['LC-15', '15', '2.4', 'G1', '64'],
          ['LC-22', '22', '3.6', 'G1', '66'],
          ['LC-37', '37', '6.5', 'G1½', '68'],
          ['LC-55', '55', '10.1', 'G2', '70'],
          ['LC-75', '75', '13.6', 'G2', '72'],
          ['LC-110', '110', '20.5', 'DN65', '74'],
          ['LC-160', '160', '29.0', 'DN80', '75'],
          ['LC-250', '250', '44.2', 'DN100', '78'],
        ],
      )}</div><footer><b style="color:#14233a">怎么用：</b>各用气设备耗气量相加 × 同时系数 0.7–0.9，再留 20% 余量，在第三列找到不小于它的机型。海拔每升高 1000 m，排气量约减少 12%。<br>拿不准？把设备清单发给您的澜川客户经理，当天给出方案。</footer></main>`,
    ),
  },
  'poster-service': {
    height: 1660,
    html: page(
      `body { width: 1080px; height: 1660px; background: ${grounds.amber}; color: #fff; position: relative } .brand { font-size: 32px; padding: 70px 72px 0 } h1 { font-size: 104px; line-height: 1.22; padding: 48px 72px 0 } h1 + p { font-size: 38px; padding: 22px 72px 0; opacity: .92 } .rows { position: absolute; left: 56px; right: 56px; top: 590px; background: #fffaf4; color: #3a1c08; border-radius: 30px; padding: 20px 52px } .row { display: grid; grid-template-columns: 110px 1fr auto; align-items: center; padding: 34px 0; border-bottom: 2px solid #f3dcc6 } .row:last-child { border: 0 } .row .sign { font-size: 76px; color: #d9621a } .row h2 { font-size: 42px } .row p { font-size: 29px; color: #86624a; margin-top: 4px } .row b { font-size: 62px; color: #d9621a } footer { position: absolute; left: 72px; right: 72px; bottom: 64px; font-size: 30px; opacity: .95 }`,
      `${brand()}<h1>4 小时到场，<br>不让产线等气</h1><p>澜川服务承诺，写进合同</p><div class="rows">${[
        ['phone', '一次接通', '7×24 小时，工程师直接接听', '30 秒'],
        ['truck', '到场时限', '华东 11 个服务站就近派单', '4 小时'],
        ['wrench', '备件齐套', '常用易损件随车', '95%'],
        ['clock', '备用机', '修不好，先送机保产', '24 小时'],
        ['shield', '主机质保', '按手册保养的主机', '5 年'],
      ]
        .map(
          ([key, title, text, figure]) =>
            `<div class="row">${signs[key]}<div><h2>${title}</h2><p>${text}</p></div><b>${figure}</b></div>`,
        )
        .join('')}</div><footer>在小程序里「报修」，拍照、选位置即可，全程看得到进度。</footer>`,
    ),
  },
}

/** Pictures inside articles, 1080 × 608. */
const figure = (title, body) =>
  page(
    `body { width: 1080px; height: 608px; background: #f3f7fc; padding: 44px 54px; position: relative } h3 { font-size: 34px; color: #0e2748 } .curve, .bars { margin-top: 26px }`,
    `<h3>${title}</h3>${body}`,
  )
export const figures = {
  'figure-curve': figure(
    '75 kW 空压机一天的功率（%）',
    `${powerCurve({ width: 560 })}<div style="position:absolute;left:54px;bottom:36px;font-size:24px;color:#4b5a6e"><span style="display:inline-block;width:34px;height:6px;background:#f08a24;vertical-align:middle;margin-right:12px"></span>工频机（加载/卸载）<span style="display:inline-block;width:34px;height:6px;background:#1f8fff;vertical-align:middle;margin:0 12px 0 44px"></span>永磁变频，跟随用气量</div><style>.curve{width:972px}</style>`,
  ),
  'figure-steps': figure(
    '高温报警：三步排查',
    `<div style="display:grid;grid-template-columns:repeat(3,1fr);gap:28px;margin-top:34px">${[
      ['oil', '看油位', '停机 5 分钟后，油位应在观察窗 1/2–2/3；不足先补同牌号油'],
      ['pipe', '摸管路', '热控阀前后管路温差大，说明阀芯未开，油没有进散热器'],
      ['heat', '吹散热器', '翅片积灰是夏季头号原因；从内向外吹，压力不超 0.3 MPa'],
    ]
      .map(
        ([key, title, text], i) =>
          `<div style="background:#fff;border-radius:22px;padding:34px 30px;height:430px;box-shadow:0 8px 26px #0b2a5516"><div style="font-size:92px;color:#d9621a;display:flex;justify-content:space-between;align-items:flex-start">${signs[key]}<span style="font-size:44px;color:#f2cdb0;font-weight:700">${i + 1}</span></div><div style="font-size:36px;font-weight:700;margin-top:26px">${title}</div><p style="font-size:25px;line-height:1.65;color:#4b5a6e;margin-top:14px">${text}</p></div>`,
      )
      .join('')}</div>`,
  ),
  'figure-case': figure(
    '改造前后：每立方米压缩空气耗电',
    `<div style="margin-top:44px">${bars(
      [
        {
          name: '改造前 · 3 台 90 kW 工频机',
          value: 0.131,
          note: '0.131 kWh/m³',
          colour: '#9fb0c4',
        },
        {
          name: '改造后 · 2 台变频 + 1 台工频，联控',
          value: 0.096,
          note: '0.096 kWh/m³',
          colour: '#1769d2',
        },
      ],
      { width: 560, most: 0.14 },
    )}</div><div style="position:absolute;left:54px;right:54px;bottom:44px;display:flex;gap:28px">${[
      ['27%', '单位能耗下降'],
      ['41.8 万度', '年节电'],
      ['14 个月', '收回投资'],
    ]
      .map(
        ([value, text]) =>
          `<div style="flex:1;background:#fff;border-radius:20px;padding:26px 30px"><div style="font-size:52px;font-weight:700;color:#1769d2">${value}</div><div style="font-size:25px;color:#4b5a6e">${text}</div></div>`,
      )
      .join('')}</div>`,
  ),
}

const A4 = `@page { size: 210mm 297mm; margin: 0 }
body { width: 210mm; font-size: 13.5pt; line-height: 1.75 }
svg > ellipse { display: none }
section { width: 210mm; height: 297mm; page-break-after: always; position: relative;
  padding: 24mm 20mm 20mm; overflow: hidden }
section:last-child { page-break-after: auto }
h2 { font-size: 22pt; color: #0e2748; padding-bottom: 3mm; border-bottom: .8mm solid #1769d2;
  margin-bottom: 7mm; line-height: 1.3 }
h3 { font-size: 16pt; color: #1769d2; margin: 6mm 0 2mm }
ul { padding-left: 5mm }
li { margin: 1mm 0 }
.foot { position: absolute; left: 20mm; right: 20mm; bottom: 9mm; display: flex;
  justify-content: space-between; font-size: 8.5pt; color: #7b8a9d; border-top: .2mm solid #d5dde7;
  padding-top: 2mm }
.front { color: #fff; padding: 26mm 22mm }
.front .brand { font-size: 17pt }
.front h1 { font-size: 42pt; line-height: 1.25; margin-top: 34mm }
.front p { font-size: 15pt; opacity: .88; margin-top: 5mm }
.tiles { display: grid; grid-template-columns: 1fr 1fr; gap: 5mm }
.tile { background: #f1f6fc; border-radius: 3mm; padding: 5mm 6mm }
.tile .sign { font-size: 26pt; color: #1769d2 }
.tile b { font-size: 15pt }`
const leaf = (title, body, number, doc) =>
  `<section><h2>${title}</h2>${body}<div class="foot"><span>澜川压缩机 · ${doc}</span><span>${number}</span></div></section>`

export const documents = {
  'lc-series-2026': page(
    A4,
    `<section class="front" style="background:${grounds.night}">${brand()}<h1>LC 系列<br>螺杆空气压缩机</h1><p>产品手册 · 2026 版<br>7.5–250 kW · 0.7–1.3 MPa</p><div style="position:absolute;right:-6mm;bottom:12mm;width:150mm">${machine()}</div><div style="position:absolute;left:20mm;bottom:20mm;width:38mm">${receiver()}</div></section>` +
      leaf(
        '为什么是 LC 系列',
        `<p>工厂里每 10 度电，就有 1–3 度用来产生压缩空气。一台空压机五年的总成本里，购机只占一成，电费占近八成。LC 系列从主机、电机、控制三处同时下手，把省下来的电留给您。</p><div class="tiles" style="margin-top:7mm">${[
          ['inverter', '一级能效', '自研 5:6 齿形主机配永磁同步电机，比功率优于 GB 19153 一级'],
          ['pressure', '恒压供气', '变频跟随用气量，管网压力波动 ±0.01 MPa'],
          ['shield', '五年主机质保', '轴承设计寿命 10 万小时，按手册保养即享'],
          ['phone', '看得见的机器', '压力、温度、能耗上传云端，异常先于停机通知'],
        ]
          .map(
            ([key, title, text]) =>
              `<div class="tile">${signs[key]}<b>${title}</b><br>${text}</div>`,
          )
          .join('')}</div><h3>五年成本构成（75 kW，年运行 6000 小时）</h3>${bars(
          [
            { name: '电费', value: 78, note: '78%', colour: '#1769d2' },
            { name: '购机与安装', value: 12, note: '12%', colour: '#23b26d' },
            { name: '保养与备件', value: 10, note: '10%', colour: '#f0a31c' },
          ],
          { width: 620, most: 100 },
        )}`,
        2,
        'LC 系列产品手册',
      ) +
      leaf(
        '技术参数',
        `<p>额定排气压力 0.8 MPa，进气温度 20 ℃，进气压力 0.1 MPa（绝压）。</p><div style="font-size:11pt;margin-top:5mm">${table(
          [
            ['机型', '功率 kW', '排气量 m³/min', '噪声 dB(A)', '出口', '重量 kg', '长×宽×高 mm'],
            ['LC-7.5', '7.5', '1.2', '62', 'G¾', '230', '800×700×950'],
            ['LC-15', '15', '2.4', '64', 'G1', '380', '1080×750×1120'],
            ['LC-22', '22', '3.6', '66', 'G1', '460', '1180×820×1220'],
            ['LC-37', '37', '6.5', '68', 'G1½', '720', '1400×920×1360'],
            ['LC-55', '55', '10.1', '70', 'G2', '1180', '1780×1160×1560'],
            ['LC-75', '75', '13.6', '72', 'G2', '1460', '1980×1260×1640'],
            ['LC-110', '110', '20.5', '74', 'DN65', '2150', '2380×1560×1800'],
            ['LC-160', '160', '29.0', '75', 'DN80', '3020', '2700×1700×1900'],
            ['LC-250', '250', '44.2', '78', 'DN100', '4680', '3300×2000×2150'],
          ],
        )}</div><h3>可选配置</h3><ul><li>VPM：永磁变频（全系列），负荷 25%–100% 无级调节</li><li>W：水润滑无油（22–160 kW），供气达 ISO 8573-1 0 级含油</li><li>HR：余热回收接口，出水 55–70 ℃</li><li>IoT:4G 数据终端与能耗报表</li></ul>`,
        3,
        'LC 系列产品手册',
      ) +
      leaf(
        '永磁变频怎样省电',
        `<p>普通工频机在用气量下降时只能「卸载空转」，此时电机仍消耗 40% 左右的功率。永磁变频机让转速跟着用气量走，橙色与蓝色之间的面积就是省下的电。</p><div style="margin:6mm 0">${powerCurve({ width: 620 })}</div><p><span style="color:#f08a24;font-weight:700">— 工频机</span>&emsp;<span style="color:#1f8fff;font-weight:700">— 永磁变频</span></p><h3>实测：浙江某五金厂，75 kW，两班制</h3><div style="font-size:12.5pt">${table(
          [
            ['项目', '改造前', '改造后', '变化'],
            ['日均耗电', '1 285 kWh', '988 kWh', '−23.1%'],
            ['管网压力', '0.68–0.80 MPa', '0.70±0.01 MPa', '更稳'],
            ['年电费', '48.6 万元', '37.4 万元', '省 11.2 万元'],
          ],
        )}</div>`,
        4,
        'LC 系列产品手册',
      ) +
      leaf(
        '安装与运行环境',
        `<ul><li>机房温度 5–40 ℃，四周留 1 m、顶部留 1.5 m 检修空间</li><li>进风口与排风口分开，热风用风管引出；排风阻力不超过 20 Pa</li><li>基础平整即可，不需要地脚螺栓；37 kW 以上建议做 100 mm 混凝土台</li><li>电源 380 V ±10%，独立回路；电缆按说明书表 4 选用</li></ul><h3>推荐的供气流程</h3>${flow()}<h3>典型占地</h3><p>两台 LC-75 与一套后处理，约 28 m²;可提供机房布置图与管网压降计算。</p><div style="position:absolute;left:20mm;right:20mm;bottom:24mm">${station()}</div>`,
        5,
        'LC 系列产品手册',
      ) +
      leaf(
        '服务与质保',
        `<p>从选型到报废，一个电话、一个小程序。</p><div class="tiles" style="margin-top:5mm">${[
          ['phone', '7×24 小时', '工程师直接接听；小程序拍照报修'],
          ['truck', '4 小时到场', '华东 11 个服务站就近派单'],
          ['filter', '原厂耗材', '油、滤芯、油分芯防伪可查'],
          ['shield', '质保', '整机 1 年，主机 5 年，电机 2 年'],
        ]
          .map(
            ([key, title, text]) =>
              `<div class="tile">${signs[key]}<b>${title}</b><br>${text}</div>`,
          )
          .join('')}</div><h3>保养周期</h3><div style="font-size:12.5pt">${table([
          ['项目', '500 h', '2000 h', '4000 h', '8000 h'],
          ['空气滤芯', '清洁', '更换', '更换', '更换'],
          ['机油滤芯', '更换（首次）', '更换', '更换', '更换'],
          ['润滑油', '检查', '检查', '更换', '更换'],
          ['油气分离芯', '—', '检查', '更换', '更换'],
          ['电机轴承', '—', '加脂', '加脂', '检测'],
          ['安全阀', '—', '—', '校验', '校验'],
        ])}</div><p style="margin-top:12mm;color:#4b5a6e;font-size:9.5pt">澜川压缩机为演示用虚构企业；手册中的数据仅供示例，不构成任何产品承诺。</p>`,
        6,
        'LC 系列产品手册',
      ),
  ),
  'daily-care': page(
    A4,
    `<section class="front" style="background:${grounds.teal}">${brand()}<h1>空压机日常点检<br>与保养手册</h1><p>班前 3 分钟，少修一半机</p><div style="position:absolute;right:26mm;bottom:40mm;font-size:230pt;color:#5fe0cf66">${signs.wrench}</div><div style="position:absolute;left:22mm;bottom:24mm;font-size:12pt;opacity:.85">适用：LC-7.5 至 LC-160 油润滑机型</div></section>` +
      leaf(
        '班前点检（3 分钟）',
        `<div style="font-size:13pt">${table([
          ['项目', '怎么看', '正常', '不正常时'],
          ['油位', '停机 5 分钟后看观察窗', '1/2–2/3', '补同牌号油'],
          ['冷凝水', '打开疏水阀 5 秒', '无积水', '查自动疏水器'],
          ['排气温度', '控制屏', '75–95 ℃', '见第 4 页'],
          ['排气压力', '控制屏与储罐表一致', '差 < 0.02 MPa', '查油分压差'],
          ['声音', '运行 1 分钟', '平稳', '停机报修'],
          ['漏气', '接头处听、涂肥皂水', '无气泡', '紧固或换垫'],
        ])}</div><h3>记下来才算点检</h3><p>把数据写进点检表或小程序。连续三天排气温度上升 3 ℃ 以上，即使没有报警，也请预约清洗散热器。</p>`,
        2,
        '日常点检与保养手册',
      ) +
      leaf(
        '停机与防冻',
        `<ul><li>先卸载运行 30 秒再停机，避免带压停机损伤油封</li><li>停机超过 12 小时：排净储罐、干燥机、过滤器底部的水</li><li>机房低于 5 ℃：接通加热带；长期停用请放空冷却水</li><li>低温首次启动：点动两次，确认有油压再正常启动</li></ul><h3>冬季易冻的四处</h3><div class="tiles">${[
          ['drop', '自动疏水器', '包保温棉，或改用电子式'],
          ['pipe', '室外排水管', '坡度 ≥ 1%，不留积水弯'],
          ['pressure', '压力传感器引管', '吹扫后加伴热'],
          ['filter', '冷干机蒸发器', '停机即关冷媒，勿频繁启停'],
        ]
          .map(
            ([key, title, text]) =>
              `<div class="tile">${signs[key]}<b>${title}</b><br>${text}</div>`,
          )
          .join('')}</div>`,
        3,
        '日常点检与保养手册',
      ) +
      leaf(
        '高温报警怎么办',
        `<p>超过 105 ℃ 预警，110 ℃ 停机。先复位、记下温度，再按下面顺序排查：</p><div class="tiles" style="grid-template-columns:1fr">${[
          [
            'oil',
            '1. 看油位',
            '油少则油温高。补油后运行 10 分钟再看；若油位又降，查回油管单向阀。',
          ],
          ['pipe', '2. 摸热控阀', '阀后管不热，说明油没有进散热器：阀芯卡住，更换热控阀芯。'],
          [
            'heat',
            '3. 吹散热器',
            '翅片积灰最常见。由内向外吹，压力不超 0.3 MPa；油污重的用专用清洗剂。',
          ],
          ['factory', '4. 看机房', '进风温度高于 40 ℃，或热风又被吸回：加排风管、开窗、加风机。'],
        ]
          .map(
            ([key, title, text]) =>
              `<div class="tile" style="display:grid;grid-template-columns:16mm 1fr;align-items:center">${signs[key]}<div><b>${title}</b><br>${text}</div></div>`,
          )
          .join(
            '',
          )}</div><p style="margin-top:6mm">四步都正常仍报警：请在小程序「报修」上传控制屏照片，并选择设备位置。</p>`,
        4,
        '日常点检与保养手册',
      ),
  ),
}

function table(rows) {
  const [head, ...body] = rows
  const cell =
    'padding:.42em .3em;border-bottom:1px solid #e3e9f1;text-align:left;white-space:nowrap'
  return `<table style="width:100%;border-collapse:collapse"><tr>${head.map((text) => `<th style="${cell};color:#1769d2;font-weight:700">${text}</th>`).join('')}</tr>${body.map((row) => `<tr>${row.map((text, i) => `<td style="${cell};${i ? '' : 'font-weight:700'}">${text}</td>`).join('')}</tr>`).join('')}</table>`
}

function gauge() {
  return `<svg viewBox="0 0 250 250"><circle cx="125" cy="125" r="118" fill="#fff"/><circle cx="125" cy="125" r="118" fill="none" stroke="#33435a" stroke-width="10"/><path d="M52 180 A92 92 0 0 1 125 33" fill="none" stroke="#23b26d" stroke-width="16"/><path d="M125 33 A92 92 0 0 1 198 69" fill="none" stroke="#f0a31c" stroke-width="16"/><path d="M198 69 A92 92 0 0 1 198 180" fill="none" stroke="#e5484d" stroke-width="16"/><path d="M125 130 L196 100" stroke="#14233a" stroke-width="9" stroke-linecap="round"/><circle cx="125" cy="130" r="13" fill="#14233a"/><text x="125" y="196" text-anchor="middle" font-size="40" font-weight="700" fill="#e5484d" font-family="Noto Sans CJK SC">108℃</text></svg>`
}

function drop() {
  return `<svg viewBox="0 0 300 340"><defs><linearGradient id="d" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="#9fd2ff"/></linearGradient></defs><path d="M150 10 C220 110 270 165 270 220 A120 120 0 0 1 30 220 C30 165 80 110 150 10 Z" fill="url(#d)" opacity=".95"/><path d="M70 226 A82 82 0 0 0 130 300" fill="none" stroke="#fff" stroke-width="14" stroke-linecap="round"/><text x="150" y="246" text-anchor="middle" font-size="76" font-weight="700" fill="#1769d2" font-family="Noto Sans CJK SC">0 级</text></svg>`
}

function rotors() {
  const lobes = (cx, cy, r, n, depth, turn, fill) => {
    const points = Array.from({ length: 240 }, (_, i) => {
      const angle = (i / 240) * 2 * Math.PI
      const radius = r + depth * Math.cos(n * (angle + turn))
      return `${(cx + radius * Math.cos(angle)).toFixed(1)},${(cy + radius * Math.sin(angle)).toFixed(1)}`
    })
    return `<polygon points="${points.join(' ')}" fill="${fill}"/><circle cx="${cx}" cy="${cy}" r="${r * 0.28}" fill="#08203f"/>`
  }
  return `<svg viewBox="0 0 540 340"><path d="M180 20 A150 150 0 1 0 180 320 H370 A150 150 0 1 0 370 20 Z" fill="#ffffff14" stroke="#7fb6ff" stroke-width="4"/>${lobes(178, 170, 108, 4, 30, 0, '#4da3ff')}${lobes(366, 170, 104, 6, 22, Math.PI / 6, '#b9d8ff')}</svg>`
}

function station() {
  const pipes = [210, 430, 640]
    .map((x) => `<path d="M${x} 46 V110" stroke="#1769d2" stroke-width="10"/>`)
    .join('')
  const compressor = `width="210" height="172" viewBox="0 0 560 460"`
  return `<svg viewBox="0 0 800 300" style="width:100%">
  <defs><linearGradient id="floor" x1="0" y1="0" x2="0" y2="1">
    <stop offset="0" stop-color="#b3c0d0"/><stop offset="1" stop-color="#8c9bb0"/>
  </linearGradient></defs>
  <rect x="0" y="216" width="800" height="84" fill="url(#floor)"/>
  <path d="M60 40 H740" stroke="#1769d2" stroke-width="14"/>
  <path d="M60 47 H740" stroke="#fff" stroke-width="2" opacity=".6"/>${pipes}
  <svg x="100" y="84" ${compressor}>${machine({ label: 'LC-90' })}</svg>
  <svg x="320" y="84" ${compressor}>${machine({ label: 'LC-90' })}</svg>
  <svg x="560" y="52" width="94" height="218" viewBox="0 0 180 420">${receiver()}</svg>
  <svg x="660" y="62" width="86" height="202" viewBox="0 0 180 420">${receiver()}</svg>
</svg>`
}

function flow() {
  const steps = ['空压机', '储气罐', '前置过滤', '冷干机', '精密过滤', '用气点']
  return `<svg viewBox="0 0 640 90" style="width:100%" font-family="Noto Sans CJK SC">${steps.map((step, i) => `<rect x="${i * 108}" y="20" width="86" height="48" rx="8" fill="${i === 5 ? '#1769d2' : '#e6f0fc'}"/><text x="${i * 108 + 43}" y="50" text-anchor="middle" font-size="15" fill="${i === 5 ? '#fff' : '#14233a'}">${step}</text>${i < 5 ? `<path d="M${i * 108 + 89} 44 h14 m-5 -5 l5 5 -5 5" fill="none" stroke="#1769d2" stroke-width="2.5"/>` : ''}`).join('')}</svg>`
}
