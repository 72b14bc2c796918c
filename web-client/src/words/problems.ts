import { CallError } from '../api/calls';
import type { Words } from './words';

/** Who was too late to answer does not say when to come again either. */
const USUAL_PAUSE_SECONDS = 5;

/**
 * What a form says of a request that failed: what was wrong, and when to try again if that helps. What the page has no
 * word for is told by its status: a proxy's, too, and that of a server that is newer than the page.
 */
export function problemText(failed: unknown, words: Words): string {
  if (!(failed instanceof CallError)) return words.somethingWrong;
  const seconds = failed.retryAfterSeconds;
  switch (failed.code) {
    case 'password':
      return words.passwordWrong;
    case 'too-many-attempts':
      return words.slowed(Math.max(1, seconds));
    case 'lobby-full':
      return words.tooMany(Math.max(1, seconds));
    case 'network':
      return words.serverUnreachable;
  }
  switch (failed.status) {
    case 429:
      return words.tooMany(Math.max(1, seconds));
    case 502:
    case 503:
    case 504:
      return words.serverBusy(seconds || USUAL_PAUSE_SECONDS);
    default:
      return words.somethingWrong;
  }
}

/** The same of a call to another device, or of an answer to one. */
export function ringProblemText(failed: unknown, words: Words): string {
  if (!(failed instanceof CallError)) return words.somethingWrong;
  switch (failed.code) {
    case 'ring-not-found':
      return words.ringOver;
    case 'own-number':
      return words.ringSelf;
    default:
      return problemText(failed, words);
  }
}
