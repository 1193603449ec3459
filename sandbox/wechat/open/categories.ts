/** Service categories that the mini program has been given on its admin page. */
export const categories = [
  { first_class: '工具', second_class: '设备管理', first_id: 287, second_id: 612 },
  { first_class: '商业服务', second_class: '会展服务', first_id: 634, second_id: 646 },
]
