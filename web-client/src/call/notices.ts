import type { Role } from '../api/calls';

export type Notice =
  | { kind: 'joined' | 'left' | 'hand'; name: string }
  | { kind: 'reaction'; name: string; sign: string }
  | { kind: 'role'; role: Role }
  | { kind: 'device'; what: 'microphone' | 'camera'; back: boolean }
  | { kind: 'mutedByHost' | 'back' };

const SHOWN_MILLIS = 4000;

/** More would cover the pictures. */
const MAX_SHOWN = 4;

/** Short news of the call, shown for a while. */
export class Notices {
  shown: readonly (Notice & { id: number })[] = [];
  private next = 0;

  constructor(private readonly changed: () => void) {}

  add(notice: Notice): void {
    const id = this.next++;
    this.shown = [...this.shown, { ...notice, id }].slice(-MAX_SHOWN);
    this.changed();
    setTimeout(() => {
      this.shown = this.shown.filter((known) => known.id !== id);
      this.changed();
    }, SHOWN_MILLIS);
  }
}
