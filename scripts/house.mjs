// npm run house — prints the import graph of server/ by floors, and every import circle of the
// repository. Ends with 1 when there is a circle or an upward import.
import { circlesIn, importGraph, sources } from './lib/imports.mjs'
import { placeOf, refusal } from './walls.mjs'

const outside = /\.test\.ts$|^server\/testing\//
const graph = importGraph(sources())
const server = [...graph.keys()].filter((file) => /^server\/.*\.ts$/.test(file))

/** What stands on which floor, and how many imports lead from it to which folders. */
/** @type {Map<string, { rank: number, files: number, to: Map<string, number> }>} */
const rooms = new Map()
for (const file of server.filter((one) => !outside.test(one))) {
  const place = placeOf(file)
  if (!place) throw new Error(`${file} stands on no floor`)
  const name = nameOf(place, file)
  const room = rooms.get(name) ?? { rank: place.rank, files: 0, to: new Map() }
  room.files += 1
  for (const target of graph.get(file) ?? []) {
    const there = placeOf(target)
    if (!there || outside.test(target)) continue
    const other = nameOf(there, target)
    if (other !== name) room.to.set(other, (room.to.get(other) ?? 0) + 1)
  }
  rooms.set(name, room)
}

/** @param {{ rank: number, folder: string }} place @param {string} file */
function nameOf({ rank, folder }, file) {
  if (rank === 12 && folder !== 'seed') return `${folder}/${file.split('/').at(-1)}`
  return folder || file.replace('server/', '')
}

const sorted = [...rooms].sort(([, one], [, other]) => other.rank - one.rank)
const width = Math.max(...sorted.map(([name]) => name.length))
for (const [name, { rank, files, to }] of sorted) {
  const arrows = [...to]
    .sort(([, one], [, other]) => other - one)
    .map(([other, count]) => `${other} ${count}`)
  console.log(
    `${String(rank).padStart(4)}  ${name.padEnd(width)}  ${String(files).padStart(3)} files  → ${arrows.join(', ')}`,
  )
}

const refused = [...graph].flatMap(([file, targets]) =>
  [...targets].flatMap((target) => {
    const why = refusal(file, relative(file, target))
    return why ? [`${file} → ${target}: ${why}`] : []
  }),
)
/** As it stands in an import. @param {string} from @param {string} to */
function relative(from, to) {
  return `./${'../'.repeat(from.split('/').length - 1)}${to}`
}

const circles = circlesIn(graph)
console.log(
  `\n${graph.size} files in the repository, ${refused.length} imports that a wall refuses`,
)
for (const line of refused) console.log(`  ${line}`)
console.log(`${circles.length} import circles, types included`)
for (const circle of circles) console.log(`  ${circle.join(' ↔ ')}`)
if (refused.length + circles.length > 0) process.exitCode = 1
