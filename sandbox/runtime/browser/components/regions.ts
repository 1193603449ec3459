/**
 * 省、市、区: the municipalities and a few provinces, enough to choose from. WeChat knows them all.
 */
const provinces: Record<string, Record<string, string[]>> = {
  北京市: { 北京市: ['东城区', '西城区', '朝阳区', '海淀区'] },
  上海市: { 上海市: ['黄浦区', '静安区', '闵行区', '浦东新区'] },
  江苏省: {
    南京市: ['玄武区', '鼓楼区', '江宁区'],
    苏州市: ['姑苏区', '吴中区', '昆山市'],
    无锡市: ['梁溪区', '滨湖区', '江阴市'],
  },
  浙江省: { 杭州市: ['上城区', '西湖区', '余杭区'], 宁波市: ['海曙区', '鄞州区', '慈溪市'] },
  广东省: {
    广州市: ['越秀区', '天河区', '番禺区'],
    深圳市: ['福田区', '南山区', '宝安区'],
    佛山市: ['禅城区', '南海区', '顺德区'],
  },
  四川省: { 成都市: ['锦江区', '武侯区', '双流区'] },
}

/** Three wheels that hang together. */
export function regionColumns(value: readonly string[], level: string) {
  const depth = { province: 1, city: 2 }[level] ?? 3
  const at = [0, 0, 0]
  const lists = () => {
    const all = Object.keys(provinces)
    const cities = provinces[all[at[0] ?? 0] ?? ''] ?? {}
    const names = Object.keys(cities)
    return [all, names, cities[names[at[1] ?? 0] ?? ''] ?? []].slice(0, depth)
  }
  for (let column = 0; column < depth; column += 1)
    at[column] = Math.max(0, lists()[column]?.indexOf(value[column] ?? '') ?? 0)
  return {
    columns: lists,
    at: () => at.slice(0, depth),
    turn(column: number, to: number) {
      at[column] = to
      at.fill(0, column + 1)
    },
    value: () => lists().map((list, column) => list[at[column] ?? 0] ?? ''),
  }
}
