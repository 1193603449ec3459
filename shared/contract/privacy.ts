/** Why the server refuses an event of somebody who opted out, here or on another device; the client's tracker then falls silent. */
export const trackingIsOff = 'tracking is off'
