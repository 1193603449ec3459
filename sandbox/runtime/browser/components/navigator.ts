import { around, WxElement } from './element.ts'

const functions: Record<string, string> = {
  navigate: 'navigateTo',
  redirect: 'redirectTo',
  switchTab: 'switchTab',
  reLaunch: 'reLaunch',
  navigateBack: 'navigateBack',
  exit: 'exitMiniProgram',
}

/**
 * A link to another page of the mini program. Other mini programs (`target="miniProgram"`) are not
 * on this phone.
 */
export class WxNavigator extends WxElement {
  constructor() {
    super()
    this.addEventListener('click', () => this.follow())
  }

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.mark('role', 'link')
    this.mark('tabindex', '0')
  }

  private follow(): void {
    const name = functions[this.text('open-type') || 'navigate']
    const isAway = this.text('target') === 'miniProgram' && this.text('open-type') !== 'exit'
    if (name === undefined || isAway)
      return this.fire('fail', { errMsg: 'navigateToMiniProgram:fail not played by the sandbox' })
    around().call(name, {
      url: this.text('url'),
      delta: this.number('delta', 1),
      success: (result: object) => this.fire('success', result),
      fail: (result: object) => this.fire('fail', result),
      complete: (result: object) => this.fire('complete', result),
    })
    return undefined
  }
}
