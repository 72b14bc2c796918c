/** Stills of videos in the call: `docs/history.md` describes them. */
import { note } from '../call/log';

const REQUEST_MILLIS = 30_000;

/** No larger than what is seen on a screen. */
const MAX_SIDE = 1920;

const JPEG_QUALITY = 0.85;

const at = (room: string) => `/api/v1/rooms/${encodeURIComponent(room)}/snapshots`;

/** What a video shows now, as a JPEG; undefined while it shows nothing. */
async function stillOf(video: HTMLVideoElement): Promise<Blob | undefined> {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || videoHeight === 0) return undefined;
  const share = Math.min(1, MAX_SIDE / Math.max(videoWidth, videoHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(videoWidth * share));
  canvas.height = Math.max(1, Math.round(videoHeight * share));
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return (
    (await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', JPEG_QUALITY))) ?? undefined
  );
}

/** Sends a still of somebody's video to everybody in the room; returns whether the server took it. */
export async function takeSnapshot(
  video: HTMLVideoElement,
  of: string,
  room: string,
  token: string,
): Promise<boolean> {
  try {
    const still = await stillOf(video);
    if (!still) return false;
    const response = await fetch(`${at(room)}?of=${encodeURIComponent(of)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'image/jpeg' },
      body: still,
      credentials: 'omit',
      signal: AbortSignal.timeout(REQUEST_MILLIS),
    });
    if (!response.ok) note('snapshot refused', response.status);
    return response.ok;
  } catch (failed) {
    note('snapshot not sent', failed);
    return false;
  }
}

/** A still of the room; undefined where it is not there any more. */
export async function loadSnapshot(room: string, photoId: string, token: string): Promise<Blob | undefined> {
  const response = await fetch(`${at(room)}/${encodeURIComponent(photoId)}`, {
    headers: { authorization: `Bearer ${token}` },
    credentials: 'omit',
    signal: AbortSignal.timeout(REQUEST_MILLIS),
  }).catch(() => undefined);
  return response?.ok ? response.blob() : undefined;
}
