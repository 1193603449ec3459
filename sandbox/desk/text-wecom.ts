/** Words of message kinds and of WeCom's window that came with its mobile client; `text.ts` joins them. */
export const wecomZh = {
  card: {
    voiceLength: (seconds: number) => `${seconds}″`,
    playVoice: (seconds: number) => `播放语音 ${seconds} 秒`,
    stopVoice: '停止播放',
    location: (name: string) => `查看位置 ${name}`,
    place: '位置',
    map: '地图',
    articles: '图文消息',
    openArticle: (title: string) => `打开图文 ${title}`,
    form: (title: string) => `打开通知 ${title}`,
    detail: '详情',
    choices: '菜单消息',
    choose: (item: string) => `选择 ${item}`,
    notice: '系统提示',
    sideVoice: '[语音]',
    sideLocation: '[位置]',
    sideArticles: '[图文]',
    sideForm: '[通知]',
    service: '服务通知',
    system: '系统',
    coordinates: (latitude: string, longitude: string) => `纬度 ${latitude}，经度 ${longitude}`,
  },
}

export type WecomText = typeof wecomZh

export const wecomEn: WecomText = {
  card: {
    voiceLength: (seconds) => `${seconds}″`,
    playVoice: (seconds) => `Play voice message of ${seconds} s`,
    stopVoice: 'Stop',
    location: (name) => `Show place ${name}`,
    place: 'Place',
    map: 'Map',
    articles: 'Articles',
    openArticle: (title) => `Open article ${title}`,
    form: (title) => `Open notice ${title}`,
    detail: 'Details',
    choices: 'Menu message',
    choose: (item) => `Choose ${item}`,
    notice: 'System line',
    sideVoice: '[Voice]',
    sideLocation: '[Place]',
    sideArticles: '[Articles]',
    sideForm: '[Notice]',
    service: 'Service notices',
    system: 'System',
    coordinates: (latitude, longitude) => `Latitude ${latitude}, longitude ${longitude}`,
  },
}
