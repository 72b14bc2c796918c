import { cleanName } from './names';

/** A still that the server keeps, as it tells the room of it. */
export type Photo = { photoId: string; at: number; by: string; byName: string };

const ID = /^PH_[0-9a-f]{1,60}$/;
const MAX_IDENTITY_CHARS = 128;

/** What the server says of a still; undefined if it says something else. */
export function photoIn(bytes: Uint8Array): Photo | undefined {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Record<
      string,
      unknown
    >;
    const { type, photoId, takenAt, by, byName } = value;
    const at = typeof takenAt === 'string' ? Date.parse(takenAt) : NaN;
    const isPhoto = type === 'snapshot' && typeof photoId === 'string' && ID.test(photoId);
    if (!isPhoto || !Number.isFinite(at) || typeof by !== 'string' || by.length > MAX_IDENTITY_CHARS)
      return undefined;
    return { photoId, at, by, byName: typeof byName === 'string' ? cleanName(byName) : '' };
  } catch {
    return undefined;
  }
}
