/** Quick at first, for the blip of a mobile network; then often enough that nobody waits long for a network that is back. */
const DELAYS_MILLIS = [0, 300, 700, 1000, 1500];
const LASTING_DELAY_MILLIS = 2000;

/** A server that restarts is met by all its clients at once: each comes at a moment of its own. */
const SPREAD = 0.3;

/** After this long nobody sits before the page any more. */
export const GIVE_UP_MILLIS = 10 * 60_000;

/** A network that has just come back deserves quick tries: the first may only tell that the old session is gone. */
const JUST_BACK_MILLIS = 10_000;
const QUICK_DELAY_MILLIS = 300;

/** How long to wait before a try, or null to give up. `chance` is in [0, 1). */
export function retryDelayMillis(
  tries: number,
  elapsedMillis: number,
  chance: number,
  backForMillis = Infinity,
): number | null {
  if (elapsedMillis >= GIVE_UP_MILLIS) return null;
  const usual = DELAYS_MILLIS[tries] ?? LASTING_DELAY_MILLIS;
  const delay = backForMillis < JUST_BACK_MILLIS ? Math.min(usual, QUICK_DELAY_MILLIS) : usual;
  return Math.round(delay * (1 + SPREAD * chance));
}
