import { button, element, openDialog } from '../dialogs/layer.ts'
import type { Machine } from '../machine.ts'
import { words } from '../words.ts'
import { asynchronous, Refused, textOf } from './api.ts'

type Permission = 'unset' | 'granted' | 'refused'
const location = 'scope.userLocation'

/**
 * What the person has allowed this mini program. Only the location is asked for; the phone itself
 * remembers it.
 */
export function settingFunctions({ ask, start }: Machine): Record<string, unknown> {
  const read = async () =>
    (await ask<{ locationPermission: Permission }>('mini/permission')).locationPermission
  const write = (locationPermission: Permission) => ask('mini/permission', { locationPermission })
  const settings = async () => {
    const permission = await read()
    return {
      authSetting: permission === 'unset' ? {} : { [location]: permission === 'granted' },
      subscriptionsSetting: { mainSwitch: true },
    }
  }
  return asynchronous({
    getSetting: settings,
    async openSetting() {
      await showSettings(start.name, await read(), write)
      return settings()
    },
    async authorize(options) {
      const scope = textOf(options, 'scope')
      if (scope !== location) throw new Refused(`parameter error: scope "${scope}" is not played`)
      const { position } = await ask<{ position: object | null }>('position')
      if (!position) throw new Refused('auth deny')
    },
  })
}

async function showSettings(
  name: string,
  permission: Permission,
  write: (permission: Permission) => Promise<unknown>,
): Promise<void> {
  const box = element('input', {
    type: 'checkbox',
    checked: permission === 'granted',
    disabled: permission === 'unset',
  })
  box.setAttribute('role', 'switch')
  await openDialog<void>({
    label: words.settings,
    place: 'full',
    draw: (close) => [
      element('div', {
        className: 'full-bar',
        children: [
          button(words.back, 'plain', () => close()),
          element('strong', { textContent: words.settings }),
        ],
      }),
      element('p', { className: 'full-text', textContent: name }),
      // WeChat lists a permission only after it was asked for.
      ...(permission === 'unset'
        ? []
        : [element('label', { className: 'setting', children: [words.locationPermission, box] })]),
    ],
  })
  if (permission !== 'unset' && box.checked !== (permission === 'granted'))
    await write(box.checked ? 'granted' : 'refused')
}
