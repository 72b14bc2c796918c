import { CallError, calls } from '../api/calls';
import { dial, type DialNews, type Incoming, type MissedCall, type Reach } from '../api/dial';
import { note } from '../call/log';
import { readContacts, withContact, type Contact } from '../pure/contacts';
import type { Seat } from '../store/seat';
import { deviceKey, readSetting, writeSetting } from '../store/settings';

const RETRY_MILLIS = 3000;

/** How a call that goes out stands, or why it came to nothing. */
export type Outgoing = {
  number: string;
  name: string;
  audioOnly: boolean;
  state: 'ringing' | 'declined' | 'missed' | 'busy' | 'absent' | 'failed';
  /** Why, where the server or the network did not let it ring. */
  failed?: unknown;
};

/** A call that was accepted here, and did not come about. */
export type Lost = { name: string; failed: unknown };

/**
 * Calls from device to device: says that this page can be rung, if its user wants that, and rings others. There is one in a page;
 * React reads it by `subscribe` and `snapshot`.
 */
export class Dialer {
  contacts: readonly Contact[] = readContacts(readSetting('contacts'));
  reachable = readSetting('reachable') === 'yes';
  number: string | undefined;
  /** Why this page cannot be rung at the moment. */
  failed: unknown;
  incoming: readonly Incoming[] = [];
  missed: readonly MissedCall[] = [];
  outgoing: Outgoing | undefined;
  lost: Lost | undefined;
  /** Takes the seat in a call that both are to enter. */
  onSeat: (seat: Seat) => void = () => {};
  private readonly states = new Map<string, Reach>();
  private busy = false;
  private watch: AbortController | undefined;
  private ringing: AbortController | undefined;
  private version = 0;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly snapshot = () => this.version;

  get name(): string {
    return readSetting('name') ?? '';
  }

  stateOf(number: string): Reach {
    return this.states.get(number) ?? 'absent';
  }

  /** The name under which this browser knows a number, or else the one that its owner gives. */
  nameOf(number: string, told: string): string {
    return this.contacts.find((known) => known.number === number)?.name ?? told;
  }

  setReachable(on: boolean): void {
    this.reachable = on;
    writeSetting('reachable', on ? 'yes' : 'no');
    if (!on) {
      this.stop();
      dial.gone(deviceKey()).catch((failed) => note('not gone', failed));
    }
    this.restart();
  }

  setBusy(busy: boolean): void {
    if (this.busy === busy) return;
    this.busy = busy;
    this.restart();
  }

  add(contact: Contact): void {
    this.keep(withContact(this.contacts, contact));
  }

  remove(number: string): void {
    this.keep(this.contacts.filter((known) => known.number !== number));
  }

  dismissMissed(): void {
    writeSetting('seenMissed', `${Math.max(0, ...this.missed.map(({ id }) => id))}`);
    this.missed = [];
    this.restart();
  }

  /** Rings somebody, and takes a seat in the call when the other one comes. */
  async call(to: { number: string; name: string }, audioOnly: boolean): Promise<void> {
    this.ringing?.abort();
    const over = new AbortController();
    this.ringing = over;
    this.show({ ...to, audioOnly, state: 'ringing' });
    try {
      const ring = await dial.ring(this.name, deviceKey(), to.number, audioOnly);
      over.signal.addEventListener('abort', () => {
        dial.hangUp(ring.ring).catch((failed) => note('not hung up', failed));
      });
      if (over.signal.aborted) return void (await dial.hangUp(ring.ring));
      let { state } = ring;
      while (state === 'ringing') ({ state } = await dial.wait(ring.ring, over.signal));
      if (over.signal.aborted) return;
      if (state !== 'accepted') {
        this.show({ ...to, audioOnly, state: state === 'declined' ? 'declined' : 'missed' });
        return;
      }
      this.show(undefined);
      this.sit(ring.call, audioOnly);
    } catch (failed) {
      if (over.signal.aborted) return;
      note('not rung', failed);
      this.show({ ...to, audioOnly, state: reasonOf(failed), failed });
    }
  }

  /** Hangs up, or puts away what came of it. */
  hangUp(): void {
    if (this.outgoing?.state === 'ringing') this.ringing?.abort();
    this.show(undefined);
  }

  async answer(ring: Incoming, accept: boolean): Promise<void> {
    this.incoming = this.incoming.filter(({ id }) => id !== ring.id);
    this.lost = undefined;
    this.changed();
    try {
      const { code } = await dial.answer(ring.id, deviceKey(), accept);
      if (!code) return;
      const seat = await calls.join(code, { name: this.name, device: deviceKey() });
      if ('token' in seat) this.sit({ ...seat, code, title: '' }, ring.audioOnly);
    } catch (failed) {
      note('not answered', failed);
      // Nobody waits for a call that was declined, or that the page would have answered by itself.
      if (!accept || ring.instant) return;
      this.lost = { name: this.nameOf(ring.number, ring.name), failed };
      this.changed();
    }
  }

  /** Puts away what came of a call that was accepted. */
  dismissLost(): void {
    this.lost = undefined;
    this.changed();
  }

  /** Begins to ask, or asks anew with what is otherwise now. */
  restart(): void {
    this.stop();
    this.failed = undefined;
    if (this.reachable && this.name !== '') {
      const over = new AbortController();
      this.watch = over;
      void this.run(over.signal);
    }
    this.changed();
  }

  stop(): void {
    this.watch?.abort();
    this.watch = undefined;
    this.incoming = [];
  }

  private async run(over: AbortSignal): Promise<void> {
    let version: number | undefined;
    while (!over.aborted) {
      try {
        const news = await dial.here(this.presence(), version, over);
        if (over.aborted) return;
        ({ version } = news);
        this.take(news);
      } catch (failed) {
        if (over.aborted) return;
        note('cannot be rung', failed);
        version = undefined;
        this.failed = failed;
        this.changed();
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
      }
    }
  }

  private presence() {
    return {
      name: this.name,
      device: deviceKey(),
      busy: this.busy,
      contacts: this.contacts.map(({ number }) => number),
      instant: this.contacts.filter(({ instant }) => instant).map(({ number }) => number),
      seenMissed: Number(readSetting('seenMissed') ?? 0) || 0,
    };
  }

  private take(news: DialNews): void {
    this.number = news.number;
    this.failed = undefined;
    this.states.clear();
    news.contacts.forEach(({ number, state }) => this.states.set(number, state));
    this.missed = news.missed;
    this.incoming = news.incoming.filter(({ instant }) => !instant);
    this.changed();
    for (const ring of news.incoming) if (ring.instant) void this.answer(ring, true);
  }

  private sit(door: Pick<Seat, 'code' | 'title' | 'token' | 'identity' | 'role'>, audioOnly: boolean): void {
    const { code, title, token, identity, role } = door;
    const devices = { audioOnly, microphone: true, camera: !audioOnly };
    this.onSeat({ code, title, token, identity, role, name: this.name, ...devices });
  }

  private keep(contacts: readonly Contact[]): void {
    this.contacts = contacts;
    writeSetting('contacts', JSON.stringify(contacts));
    this.restart();
  }

  private show(outgoing: Outgoing | undefined): void {
    this.outgoing = outgoing;
    this.changed();
  }

  private changed(): void {
    this.version++;
    for (const listener of [...this.listeners]) listener();
  }
}

function reasonOf(failed: unknown): Outgoing['state'] {
  const code = failed instanceof CallError ? failed.code : '';
  return code === 'busy-there' ? 'busy' : code === 'absent' ? 'absent' : 'failed';
}
