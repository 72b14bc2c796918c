import type { Participant, Room } from 'livekit-client';
import type { Chat, ChatLine } from './chat';
import { note } from './log';
import type { Message, PastLine } from './messages';

/** What somebody new is told: as much as one reads, and one page sends without being felt. */
const MAX_LINES = 100;
const MAX_BYTES = 120_000;

/** A data message of more may have to wait behind others. */
const PART_BYTES = 12_000;

const ANSWER_MILLIS = 4000;
const MAX_ASKED = 3;

/** Who asks more often has had an answer a moment ago. */
const ANSWER_INTERVAL_MILLIS = 2000;

const sizeOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

/** The last lines of a chat, in parts that fit into a message each; at least one part. */
export function partsOf(lines: readonly ChatLine[]): PastLine[][] {
  const parts: PastLine[][] = [[]];
  let bytes = 0;
  let partBytes = 0;
  for (const { mine: _, ...line } of lines.slice(-MAX_LINES).reverse()) {
    const size = sizeOf(line);
    bytes += size;
    if (bytes > MAX_BYTES) break;
    if (partBytes > 0 && partBytes + size > PART_BYTES) {
      parts.push([]);
      partBytes = 0;
    }
    partBytes += size;
    parts.at(-1)?.push(line);
  }
  return parts;
}

type Person = { identity: string; isHost: boolean; joinedMillis: number };

/** Whom to ask what was said before: the host, then who has been there longest. */
export function whomToAsk(people: readonly Person[]): string[] {
  const order = (one: Person, other: Person) =>
    Number(other.isHost) - Number(one.isHost) ||
    one.joinedMillis - other.joinedMillis ||
    one.identity.localeCompare(other.identity);
  return [...people]
    .sort(order)
    .slice(0, MAX_ASKED)
    .map(({ identity }) => identity);
}

/** What was said while one was not there: a page that was tells it, when it is asked. */
export class PastChat {
  private asked: string | undefined;
  private answered: () => void = () => {};
  private readonly told = new Map<string, number>();

  constructor(
    private readonly room: Room,
    private readonly chat: Chat,
    private readonly send: (message: Message, to: string) => Promise<void>,
  ) {}

  async ask(): Promise<void> {
    const people = [...this.room.remoteParticipants.values()].map((who) => ({
      identity: who.identity,
      isHost: who.attributes['sluice.role'] === 'host',
      joinedMillis: who.joinedAt?.getTime() ?? 0,
    }));
    for (const identity of whomToAsk(people)) {
      this.asked = identity;
      let tooLate = () => {};
      const answer = new Promise<boolean>((resolve) => {
        this.answered = () => resolve(true);
        tooLate = () => resolve(false);
      });
      try {
        await this.send({ type: 'chat-wanted' }, identity);
        setTimeout(tooLate, ANSWER_MILLIS);
        if (await answer) return;
      } catch (failed) {
        note('past chat', failed);
        return;
      }
    }
    this.asked = undefined;
  }

  async answer(to: string): Promise<void> {
    const now = performance.now();
    if (now - (this.told.get(to) ?? -Infinity) < ANSWER_INTERVAL_MILLIS) return;
    this.told.set(to, now);
    const parts = partsOf(this.chat.lines);
    for (const [index, lines] of parts.entries()) {
      await this.send({ type: 'chat-so-far', lines, last: index === parts.length - 1 }, to);
    }
  }

  /** Takes lines from who was asked, and from nobody else; returns whether it did. */
  receive(lines: readonly PastLine[], last: boolean, from: Participant): boolean {
    if (from.identity !== this.asked) return false;
    const own = this.room.localParticipant.identity;
    this.chat.insert(lines.map((line) => ({ ...line, mine: line.who === own })));
    if (last) {
      this.asked = undefined;
      this.answered();
    }
    return true;
  }

  forget(identity: string): void {
    this.told.delete(identity);
  }
}
