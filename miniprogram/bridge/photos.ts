import { ConnectionError } from '../../shared/client/failures.ts'
import { readReply } from '../../shared/client/call.ts'
import { uploadPhoto as endpoint, type UploadedFile } from '../../shared/contract/files.ts'
import { isH5 } from './platform.ts'
import { authorize, renew } from './session.ts'

export interface ChosenPhoto {
  path: string
  bytes: number
}

/** Returns the chosen pictures; empty when the user cancelled or refused. */
export function choosePhotos(most: number): Promise<ChosenPhoto[]> {
  return new Promise((resolve) => {
    const fail = () => resolve([])
    if (isH5) {
      uni.chooseImage({
        count: most,
        success: ({ tempFilePaths, tempFiles }) =>
          resolve(withSizes([tempFilePaths].flat(), [tempFiles].flat())),
        fail,
      })
      return
    }
    uni.chooseMedia({
      count: most,
      mediaType: ['image'],
      sizeType: ['compressed'],
      success: ({ tempFiles }) =>
        resolve(tempFiles.map((file) => ({ path: file.tempFilePath, bytes: file.size }))),
      fail,
    })
  })
}

function withSizes(paths: string[], files: { size: number }[]): ChosenPhoto[] {
  return paths.map((path, index) => ({ path, bytes: files[index]?.size ?? 0 }))
}

/** Uploads one file per request, because WeChat takes no more. `onProgress` gets 0–100. */
export async function uploadPhoto(
  path: string,
  onProgress: (percent: number) => void,
): Promise<UploadedFile> {
  let reply = await send(path, onProgress)
  if (reply.status === 401 && (await renew())) reply = await send(path, onProgress)
  return readReply(endpoint, reply)
}

async function send(
  path: string,
  onProgress: (percent: number) => void,
): Promise<{ status: number; body: unknown }> {
  const header = await authorize()
  return new Promise((resolve, reject) => {
    const task = uni.uploadFile({
      url: __API_BASE__ + endpoint.path,
      filePath: path,
      name: 'file',
      header,
      success: ({ statusCode, data }) => resolve({ status: statusCode, body: parse(data) }),
      fail: ({ errMsg }: { errMsg?: string }) =>
        reject(new ConnectionError('network', errMsg ?? '')),
    })
    // The typings describe the promise form. With callbacks the call returns the task itself.
    task.onProgressUpdate?.(({ progress }) => onProgress(progress))
  })
}

/** `uploadFile` gives the answer as a string. */
function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}

export function previewPictures(urls: string[], current: number): void {
  void uni.previewImage({ urls, current, fail: () => undefined })
}
