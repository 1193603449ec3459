import type { Avatar } from '../scenes/scene.ts'

const hairs: Record<Avatar['hair'], string> = {
  short:
    '<path d="M32 44c-1-17 8-25 18-25s19 8 18 25c-3-6-5-10-8-12-6 3-15 3-20 0-3 3-6 7-8 12z" fill="#2b2320"/>',
  long: '<path d="M29 70c-4-34 2-52 21-52s25 18 21 52h-9V42c-6-1-10-4-13-8-3 5-7 7-11 8v28z" fill="#3a2a24"/>',
  bob: '<path d="M30 58c-3-26 3-39 20-39s23 13 20 39h-6l-2-17c-7 0-13-3-17-8-2 4-5 7-8 8l-1 17z" fill="#2a211e"/>',
  cap: '<path d="M31 40c0-14 8-22 19-22s19 8 19 22h8v5H31z" fill="#2f5d8c"/>',
}

/** A person's picture, 100 × 100. */
export function drawAvatar({ background, clothes, hair, skin }: Avatar): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="200" height="200">
<rect width="100" height="100" fill="${background}"/>
<path d="M14 100c2-20 17-28 36-28s34 8 36 28z" fill="${clothes}"/>
<path d="M42 60h16v14c0 5-16 5-16 0z" fill="${skin}"/>
<circle cx="50" cy="46" r="19" fill="${skin}"/>${hairs[hair]}
<g fill="#33261f"><circle cx="43" cy="47" r="1.9"/><circle cx="57" cy="47" r="1.9"/></g>
<path d="M44 55q6 5 12 0" fill="none" stroke="#a2563f" stroke-width="2" stroke-linecap="round"/>
</svg>`
}

/**
 * The name of the file that shows it: people who look the same have one, so that a browser draws a
 * few hundred pictures for 10,000 people.
 */
export function lookOf({ background, clothes, hair, skin }: Avatar): string {
  return `${[background, clothes, skin].map((colour) => colour.slice(1)).join('-')}-${hair}.svg`
}

export function avatarOfLook(file: string): Avatar | undefined {
  const found = /^([\da-f]{6})-([\da-f]{6})-([\da-f]{6})-(short|long|bob|cap)\.svg$/.exec(file)
  if (!found) return undefined
  const [, background, clothes, skin, hair] = found
  return {
    background: `#${background}`,
    clothes: `#${clothes}`,
    skin: `#${skin}`,
    hair: hair as Avatar['hair'],
  }
}

/** The marks of the mini program and the official account. */
export function drawIcon(name: string): string | undefined {
  const wrap = (colour: string, mark: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="200" height="200"><rect width="100" height="100" fill="${colour}"/>${mark}</svg>`
  if (name === 'miniprogram') {
    return wrap(
      '#1f6feb',
      '<g fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round"><circle cx="50" cy="50" r="24"/><path d="M50 50l12-10M50 26v-6M74 50h6M26 50h-6M50 74v6"/></g>',
    )
  }
  if (name === 'official') {
    return wrap(
      '#1b4d8f',
      '<path d="M22 58c8-14 14 6 22-6s14 6 22-6 10 0 12 2M22 72c8-14 14 6 22-6s14 6 22-6 10 0 12 2" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round"/><circle cx="66" cy="30" r="8" fill="#ffd166"/>',
    )
  }
  if (name === 'app') {
    return wrap(
      '#2a6fdb',
      '<g fill="none" stroke="#fff" stroke-width="7" stroke-linejoin="round"><circle cx="50" cy="50" r="27"/><path d="M62 38l-8 17-17 8 8-17z" fill="#fff"/></g>',
    )
  }
  if (name === 'service') {
    return wrap(
      '#0a9a4c',
      '<path d="M26 32h48v32H50L36 76V64H26z" fill="none" stroke="#fff" stroke-width="7" stroke-linejoin="round"/>',
    )
  }
  return undefined
}
