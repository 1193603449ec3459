/** Opens the phone's own dialler with the number; the person decides whether to call. */
export function dial(phoneNumber: string): void {
  // The promise rejects when the person closes the dialler.
  uni.makePhoneCall({ phoneNumber, fail: () => undefined })
}
