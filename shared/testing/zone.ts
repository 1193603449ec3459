/** Runs a test as if the machine stood in `zone`. Node follows `TZ` from the next date on. */
export async function inZone(zone: string, test: () => Promise<void> | void): Promise<void> {
  const own = process.env.TZ
  process.env.TZ = zone
  try {
    if (Intl.DateTimeFormat().resolvedOptions().timeZone !== zone)
      throw new Error(`this machine does not know the zone ${zone}`)
    await test()
  } finally {
    if (own === undefined) delete process.env.TZ
    else process.env.TZ = own
  }
}
