import { text } from './text.ts'

export function toast(title: string, icon: 'none' | 'success' = 'none'): void {
  void uni.showToast({ title, icon, duration: 2000, fail: () => undefined })
}

export function copy(value: string): void {
  uni.setClipboardData({
    data: value,
    showToast: false,
    success: () => toast(text.common.copied, 'success'),
    fail: () => toast(text.common.copyFailed),
  })
}

export interface Question {
  title?: string
  content: string
  confirm?: string
  cancel?: string
  dangerous?: boolean
}

export function ask({ title = '', content, confirm, cancel, dangerous }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({
      title,
      content,
      confirmText: confirm ?? text.common.confirm,
      cancelText: cancel ?? text.common.cancel,
      // A modal takes a literal colour; this is --color-danger of shared/tokens.css.
      ...(dangerous ? { confirmColor: '#c9302c' } : {}),
      success: (result) => resolve(result.confirm),
      fail: () => resolve(false),
    })
  })
}

export function phone(number: string): void {
  uni.makePhoneCall({ phoneNumber: number, fail: () => undefined })
}
