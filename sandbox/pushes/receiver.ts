/**
 * Who gets a push: an app at its own address (`app:<corp>/<agent>`), a template or suite at its
 * 指令回调 (`suite:<id>`), the provider's system address (`provider`), a mini program or official
 * account (`account:<appid>`), a third-party platform of WeChat (`component:<appid>`). Messages of
 * an account also go to the third-party platform that may take them
 * (`messages:<component>/<appid>`): push to the account only.
 */
export type Receiver =
  | `app:${string}`
  | `suite:${string}`
  | 'provider'
  | `account:${string}`
  | `component:${string}`
  | `messages:${string}`

/**
 * The body of a push in document order, as in `events.json`: a text becomes CDATA, a number stands
 * bare, an object nests, a list repeats its element. `{ bare: 'x' }` is a text without CDATA, `{
 * cdata: 5 }` a number in CDATA: the platforms are not consistent.
 */
export type Xml = { [name: string]: XmlValue | XmlValue[] | undefined }
export type XmlValue = string | number | { bare: string } | { cdata: number } | Xml

/** A passive reply as it was read: texts without their CDATA, repeated elements as a list. */
export interface ReadXml {
  [name: string]: string | ReadXml | (string | ReadXml)[]
}

export interface PushOptions {
  /**
   * Called once, when the first round of attempts is over: with the passive reply, or `null` when
   * there was no usable one. `isAnswered` is false when the receiver failed (no answer in time, a
   * wrong answer, no address): WeChat then tells a chatting customer that the service is out of
   * order.
   */
  onReply?: (reply: ReadXml | null, isAnswered: boolean) => void
}
