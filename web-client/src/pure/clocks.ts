/** Of people whose clocks are remembered; more are not in one call. */
const MAX_PEOPLE = 1000;

/**
 * The clocks of others, which may go wrong by minutes: what arrives soonest tells how far one differs from one's own. So
 * a message that was held up, by a cut of the network for example, gets its place among the others by when it was said.
 */
export class Clocks {
  private readonly differences = new Map<string, number>();

  /** When something was said, by one's own clock. */
  saidAt(who: string, at: number, now: number, isRepeated: boolean): number {
    const known = this.differences.get(who);
    // What is repeated was said long ago, and tells nothing of the clock.
    if (isRepeated) return Math.min(now, at + (known ?? 0));
    const difference = Math.min(known ?? Infinity, now - at);
    if (known !== undefined || this.differences.size < MAX_PEOPLE) this.differences.set(who, difference);
    return at + difference;
  }
}
