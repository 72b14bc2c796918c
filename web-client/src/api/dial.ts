import { ask, POLL_SECONDS, type Admission } from './calls';

export type Reach = 'free' | 'busy' | 'absent';
export type Incoming = { id: string; number: string; name: string; audioOnly: boolean; instant: boolean };
export type MissedCall = { id: number; number: string; name: string; at: string };
export type RingState = 'ringing' | 'accepted' | 'declined' | 'missed' | 'cancelled';

export type Presence = {
  name: string;
  device: string;
  busy: boolean;
  contacts: string[];
  instant: string[];
  seenMissed: number;
};

export type DialNews = {
  number: string;
  version: number;
  contacts: { number: string; state: Reach }[];
  incoming: Incoming[];
  missed: MissedCall[];
};

export type Ring = { ring: string; state: RingState; call: Admission & { code: string; title: string } };

const POLL_MILLIS = (POLL_SECONDS + 15) * 1000;
const ringAt = (ring: string) => `/dial/rings/${encodeURIComponent(ring)}`;

/** Ringing other devices: `docs/calls.md` describes it. */
export const dial = {
  /** Says that this page can be rung, and waits for news. */
  here: (presence: Presence, after: number | undefined, signal: AbortSignal) =>
    ask<DialNews>(`/dial/here${after === undefined ? '' : `?wait=${POLL_SECONDS}&after=${after}`}`, {
      method: 'POST',
      body: presence,
      signal,
      millis: POLL_MILLIS,
    }),

  gone: (device: string) => ask<void>('/dial/gone', { method: 'POST', body: { device } }),

  ring: (name: string, device: string, to: string, audioOnly: boolean) =>
    ask<Ring>('/dial/rings', { method: 'POST', body: { name, device, to, audioOnly } }),

  /** Waits until the other one has answered, or for a while. */
  wait: (ring: string, signal: AbortSignal) =>
    ask<{ state: RingState }>(`${ringAt(ring)}?wait=${POLL_SECONDS}`, { signal, millis: POLL_MILLIS }),

  hangUp: (ring: string) => ask<void>(ringAt(ring), { method: 'DELETE' }),

  answer: (id: string, device: string, accept: boolean) =>
    ask<{ state: RingState; code?: string }>(`${ringAt(id)}/answer`, {
      method: 'POST',
      body: { device, accept },
    }),
};
