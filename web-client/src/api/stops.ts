import type { Stop } from '../states/StopScreen';

const STOPS: Record<string, Stop> = {
  blocked: 'blocked',
  'call-not-found': 'wrongCode',
  full: 'full',
  locked: 'locked',
  refused: 'refused',
};

/** The screen for a refusal that ends the try to join; undefined for one that the form itself tells of. */
export function stopOf(code: string): Stop | undefined {
  return STOPS[code];
}
