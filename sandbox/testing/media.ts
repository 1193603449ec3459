/** The smallest files that the platforms take for what they are. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
export const mp4 = Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1')

/** Silence of this length: frames of 13 bytes, 20 ms each. */
export function amr(seconds: number): Buffer {
  return Buffer.concat([
    Buffer.from('#!AMR\n'),
    Buffer.concat(
      Array.from({ length: seconds * 50 }, () =>
        Buffer.concat([Buffer.from([0x04]), Buffer.alloc(12)]),
      ),
    ),
  ])
}

/** A form with one file, or with none. */
export function uploadForm(
  bytes: Buffer | null,
  filename = 'photo.png',
  field = 'media',
): FormData {
  const form = new FormData()
  if (bytes === null) form.append(field, 'no file')
  else form.append(field, new Blob([new Uint8Array(bytes)]), filename)
  return form
}
