import { button, element, openDialog } from '../dialogs/layer.ts'
import { drawMap, makePin, type Point } from '../dialogs/map.ts'
import type { Machine } from '../machine.ts'
import { words } from '../words.ts'
import { asynchronous, type Options, Refused, textOf } from './api.ts'
import { wgs84ToGcj02 } from './coordinates.ts'
import type { Privacy } from './privacy.ts'

/** As the sandbox knows it: WGS-84. */
interface Position extends Point {
  accuracy: number
}

export function locationFunctions(machine: Machine, privacy: Privacy): Record<string, unknown> {
  const { ask, config, start } = machine
  const declared = (api: string) => {
    if (!config.requiredPrivateInfos?.includes(api))
      throw new Refused(
        'the api need to be declared in the requiredPrivateInfos field in app.json/ext.json',
        112,
      )
    if (!config.permission?.['scope.userLocation']?.desc)
      throw new Refused('require permission desc')
  }
  /** Asks the person when nobody has: the dialog is the phone's. */
  const measure = async (): Promise<Position> => {
    const { position } = await ask<{ position: Position | null }>('position', {
      purpose: config.permission?.['scope.userLocation']?.desc,
    })
    if (!position) throw new Refused('auth deny')
    return position
  }
  const onMap = ({ latitude, longitude }: Point) => wgs84ToGcj02(latitude, longitude)

  return asynchronous({
    async getLocation(options) {
      declared('getLocation')
      await privacy.demand('getLocation')
      const position = await measure()
      const at = textOf(options, 'type') === 'gcj02' ? onMap(position) : position
      const { accuracy } = position
      return {
        ...at,
        accuracy,
        horizontalAccuracy: accuracy,
        verticalAccuracy: 0,
        speed: 0,
        altitude: options.altitude === true ? 4 : 0,
      }
    },
    async chooseLocation(options) {
      declared('chooseLocation')
      await privacy.demand('chooseLocation')
      const here = onMap(await measure())
      const place = await choose(start.mapTilesUrl, pointOf(options) ?? here, here)
      if (!place) throw new Refused('cancel')
      return place
    },
    async openLocation(options) {
      const at = pointOf(options)
      if (!at) throw new Refused('parameter error: latitude and longitude should be numbers')
      await look(start.mapTilesUrl, at, textOf(options, 'name'), textOf(options, 'address'))
    },
  })
}

function pointOf({ latitude, longitude }: Options): Point | null {
  const point = { latitude: Number(latitude), longitude: Number(longitude) }
  return latitude === undefined || Number.isNaN(point.latitude) || Number.isNaN(point.longitude)
    ? null
    : point
}

interface Place extends Point {
  name: string
  address: string
}

/**
 * The map with a pin. WeChat names the place by its own search; here nobody lives, so the person
 * names it.
 */
function choose(tilesUrl: string, start: Point, here: Point): Promise<Place | null> {
  const name = element('input', {
    ariaLabel: words.placeName,
    placeholder: words.placeName,
    maxLength: 60,
  })
  const address = element('input', {
    ariaLabel: words.placeAddress,
    placeholder: words.placeAddress,
    maxLength: 120,
  })
  return openDialog<Place | null>({
    label: words.chooseLocation,
    place: 'full',
    dismissed: null,
    draw(close) {
      address.value = nameOf(start)
      const map = drawMap({
        tilesUrl,
        start,
        pin: makePin(),
        moved(centre) {
          if (/^\d|^$/.test(address.value)) address.value = nameOf(centre)
        },
      })
      return [
        element('div', {
          className: 'full-bar',
          children: [
            button(words.cancel, 'plain', () => close(null)),
            element('strong', { textContent: words.chooseLocation }),
            button(words.useThis, 'done', () =>
              close({ name: name.value.trim(), address: address.value.trim(), ...map.centre() }),
            ),
          ],
        }),
        map.node,
        element('div', {
          className: 'place-form',
          children: [button(words.here, 'here', () => map.moveTo(here)), name, address],
        }),
      ]
    },
  })
}

function nameOf({ latitude, longitude }: Point): string {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
}

function look(tilesUrl: string, at: Point, name: string, address: string): Promise<void> {
  return openDialog<void>({
    label: words.seeLocation,
    place: 'full',
    draw: (close) => [
      element('div', {
        className: 'full-bar',
        children: [
          button(words.back, 'plain', () => close()),
          element('strong', { textContent: words.seeLocation }),
        ],
      }),
      drawMap({ tilesUrl, start: at, pin: makePin(), moved: () => undefined }).node,
      element('div', {
        className: 'place-form',
        children: [
          element('strong', { textContent: name || nameOf(at) }),
          element('p', { textContent: address }),
        ],
      }),
    ],
  })
}
