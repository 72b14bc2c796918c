import { ask } from '../api/calls';

/** What two pages tell each other through the server to connect: `docs/calls.md` describes it. */
export type Signal = { link: string } & (
  { kind: 'offer' | 'answer'; sdp: string } | { kind: 'candidate'; candidate: string; mid: string }
);

const LINK = /^[\w-]{1,64}$/;
const MAX_SDP_CHARS = 32 * 1024;
const MAX_CANDIDATE_CHARS = 1024;
const MAX_IDENTITY_CHARS = 128;

/** Reads what the server passes on; undefined if it says something else. */
export function signalIn(bytes: Uint8Array): { from: string; signal: Signal } | undefined {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as typeof value;
  } catch {
    return undefined;
  }
  const { type, from, link, kind, sdp, candidate, mid } = value ?? {};
  const isOurs = type === 'direct' && typeof from === 'string' && from.length <= MAX_IDENTITY_CHARS;
  if (!isOurs || typeof link !== 'string' || !LINK.test(link)) return undefined;
  if (kind === 'offer' || kind === 'answer') {
    const fits = typeof sdp === 'string' && sdp.length <= MAX_SDP_CHARS;
    return fits ? { from, signal: { link, kind, sdp } } : undefined;
  }
  const fits = typeof candidate === 'string' && candidate.length <= MAX_CANDIDATE_CHARS;
  return kind === 'candidate' && fits && typeof mid === 'string'
    ? { from, signal: { link, kind, candidate, mid } }
    : undefined;
}

/** Sends something to somebody in the room; false if that one cannot be told anything yet. */
export async function sendSignal(room: string, token: string, to: string, signal: Signal): Promise<boolean> {
  const path = `/rooms/${encodeURIComponent(room)}/direct`;
  const body = { to, ...signal };
  const { receivers } = await ask<{ receivers: number }>(path, { method: 'POST', body, token });
  return receivers > 0;
}
