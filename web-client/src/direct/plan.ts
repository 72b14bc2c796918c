import type { Topology } from '../call/callState';

/** With whom this page is to be connected directly. */
export function wantedOthers(topology: Topology, others: readonly string[]): readonly string[] {
  switch (topology) {
    case 'sfu':
      return [];
    case 'mesh':
      return others;
    case 'auto':
      return others.length === 1 ? others : [];
  }
}

/** Of two, who makes the offer: both must think of the same one. */
export function offers(self: string, other: string): boolean {
  return self < other;
}

const FIRST_PAUSE_MILLIS = 10_000;
const LONGEST_PAUSE_MILLIS = 300_000;

/** How long to leave it at the server after so many tries in a row that found no way. */
export function pauseMillis(failures: number): number {
  return Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS * 2 ** Math.max(0, failures - 1));
}

/** An offer costs whoever takes it a connection: nobody needs more of them, since each try takes longer. */
const OFFER_PAUSE_MILLIS = 2000;

/** Of whom an offer was taken lately. */
export class OfferPace {
  private readonly takenAt = new Map<string, number>();

  /** Whether to take another one. */
  take(from: string, nowMillis: number): boolean {
    for (const [who, at] of this.takenAt) if (nowMillis - at >= OFFER_PAUSE_MILLIS) this.takenAt.delete(who);
    if (this.takenAt.has(from)) return false;
    this.takenAt.set(from, nowMillis);
    return true;
  }

  /** Somebody has left, and may come back at once. */
  forget(from: string): void {
    this.takenAt.delete(from);
  }
}
