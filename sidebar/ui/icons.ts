/** 24-unit outlines, drawn with `stroke`. */
export const icons = {
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.6-6.5 8-6.5s8 2.5 8 6.5',
  library: 'M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z',
  article: 'M6 3h9l4 4v14H6zM9 9h7M9 13h7M9 17h4',
  file: 'M6 3h9l4 4v14H6zM14 3v5h5',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01',
  video: 'M4 6h16v12H4zM10 9.5v5l4.5-2.5z',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 1 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 1 0 5.7 5.7l1-1',
  share: 'M4 12v7h16v-7M12 15V4M8 8l4-4 4 4',
  order: 'M7 4H5v17h14V4h-2M9 3h6v3H9zM8.5 11h7M8.5 15h5',
  cross: 'M6 6l12 12M18 6L6 18',
  menu: 'M5 7h14M5 12h14M5 17h14',
  joined:
    'M9 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-3.4 2.6-5.5 6-5.5s6 2.1 6 5.5M16 9h5M18.5 6.5v5',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  down: 'M5 9l7 7 7-7',
  send: 'M4 12L20 4l-6 16-3-7z',
  warn: 'M12 4l9 16H3zM12 10v4M12 17h.01',
  offline:
    'M3 3l18 18M5 12a10 10 0 0 1 4-2.4M14.5 9.5A10 10 0 0 1 19 12M8.5 15.5a5 5 0 0 1 7 0M12 19h.01',
  empty: 'M4 13l3-8h10l3 8v6H4zM4 13h5l1 2h4l1-2h5',
  done: 'M5 13l4 4L19 7',
  place: 'M12 21s7-6 7-11a7 7 0 1 0-14 0c0 5 7 11 7 11zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  phone: 'M6 4h3l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v3c0 1-1 2-2 2C11 20 4 13 4 6c0-1 1-2 2-2z',
} as const

export type IconName = keyof typeof icons
