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
