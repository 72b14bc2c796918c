import type { Participant, Room } from 'livekit-client';
import { Chat } from './chat';
import { Files } from './files';
import { Clocks } from '../pure/clocks';
import { newId } from '../pure/names';
import { note } from './log';
import { encode, TOPIC, type FileOffer, type Message } from './messages';
import type { Notices } from './notices';
import { PastChat } from './pastChat';
import type { Photo } from '../pure/photo';

const REACTION_MILLIS = 4000;

/** So long before a lost connection was noticed, what was said may have got lost, too. */
const UNNOTICED_MILLIS = 60_000;

/** What people in a call tell each other beside sound and pictures: it goes over data channels from page to page. */
export class Conversation {
  readonly chat: Chat;
  readonly files: Files;
  private readonly past: PastChat;
  private readonly clocks = new Clocks();
  readonly hands = new Set<string>();
  readonly reactions = new Map<string, string>();
  handUp = false;
  private lostAt: number | undefined;

  constructor(
    private readonly room: Room,
    private readonly self: { code: string; name: string },
    private readonly notices: Notices,
    private readonly changed: () => void,
    private readonly whenConnected: () => Promise<void>,
  ) {
    this.chat = new Chat(self.code);
    this.files = new Files(room, (message, to) => this.send(message, to), changed);
    this.past = new PastChat(room, this.chat, (message, to) => this.send(message, to));
  }

  /** The connection is lost; it was perhaps for a while before. */
  lost(): void {
    this.lostAt ??= Date.now();
  }

  /** Asks for what was said while one was not there, and repeats what may not have been heard. */
  catchUp(): void {
    void this.past.ask();
    if (this.lostAt === undefined) return;
    for (const { id, at, mine, text, file } of this.chat.lines) {
      // What was said since may have gone into a connection of which nobody knew yet that it was dead.
      if (!mine || at < this.lostAt - UNNOTICED_MILLIS) continue;
      // Who has it already knows it by its id.
      if (text !== undefined) this.tell({ type: 'chat', id, at, again: true, text });
      if (file) this.tell({ type: 'file', at, again: true, ...file });
    }
    if (this.handUp) this.tell({ type: 'hand', up: true });
    this.lostAt = undefined;
  }

  say(text: string): void {
    const message = { type: 'chat', id: newId(), at: Date.now(), text } as const;
    this.addLine(message, this.room.localParticipant, { text });
    this.tell(message);
  }

  offer(file: File): void {
    const offer = this.files.offer(file);
    const message = { type: 'file', at: Date.now(), ...offer } as const;
    this.addLine(message, this.room.localParticipant, { file: offer });
    this.tell(message);
  }

  raise(up: boolean): void {
    this.handUp = up;
    this.hand(this.room.localParticipant.identity, up);
    this.tell({ type: 'hand', up });
  }

  react(sign: string): void {
    this.show(this.room.localParticipant, sign);
    this.tell({ type: 'reaction', sign });
  }

  /** Tells somebody new what the others have seen already. */
  greet(who: Participant): void {
    if (this.handUp) this.tell({ type: 'hand', up: true }, who.identity);
  }

  forget(who: Participant): void {
    this.hands.delete(who.identity);
    this.past.forget(who.identity);
  }

  receive(message: Message, from: Participant): void {
    switch (message.type) {
      case 'chat':
        return this.addLine(message, from, { text: message.text });
      case 'hand':
        if (message.up && !this.hands.has(from.identity))
          this.notices.add({ kind: 'hand', name: nameOf(from) });
        return this.hand(from.identity, message.up);
      case 'reaction':
        return this.show(from, message.sign);
      case 'file':
        if (!this.files.transfer(message.id)) this.files.offered(message, from.identity);
        return this.addLine(message, from, { file: offerOf(message) });
      case 'file-wanted':
        this.files.wanted(message.id, from.identity).catch((failed) => note('file not sent', failed));
        return;
      case 'file-gone':
        return this.files.gone(message.id, from.identity);
      case 'chat-wanted':
        this.past.answer(from.identity).catch((failed) => note('past chat', failed));
        return;
      case 'chat-so-far':
        if (!this.past.receive(message.lines, message.last, from)) return;
        for (const { file, who } of message.lines) {
          // What was offered before a reload can be had after it, too.
          if (file && !this.files.transfer(file.id)) this.files.offered(file, who);
        }
        return this.changed();
    }
  }

  /** Somebody took a photo of what is seen here; its taker hears of it, too. */
  photographed(photo: Photo): void {
    const { photoId, at, by } = photo;
    const mine = by === this.room.localParticipant.identity;
    const name = mine ? this.self.name : photo.byName || by;
    if (this.chat.add({ id: photoId, at: Math.min(at, Date.now()), who: by, name, mine, photo: photoId }))
      this.changed();
  }

  private tell(message: Message, to?: string): void {
    this.send(message, to).catch((failed) => note('not sent', failed));
  }

  /** Sends a message to all or to one; while the connection is away it waits for it. */
  private async send(message: Message, to?: string): Promise<void> {
    await this.whenConnected();
    const options = { reliable: true, topic: TOPIC, ...(to ? { destinationIdentities: [to] } : {}) };
    await this.room.localParticipant.publishData(encode(message), options);
  }

  private addLine(
    { id, at, again }: { id: string; at: number; again?: true },
    who: Participant,
    what: { text?: string; file?: FileOffer },
  ): void {
    const mine = who.isLocal;
    const name = mine ? this.self.name : nameOf(who);
    const said = mine ? at : this.clocks.saidAt(who.identity, at, Date.now(), again === true);
    this.chat.insert([{ id, at: said, who: who.identity, name, mine, ...what }]);
    this.changed();
  }

  private hand(identity: string, up: boolean): void {
    if (up) this.hands.add(identity);
    else this.hands.delete(identity);
    this.changed();
  }

  private show(who: Participant, sign: string): void {
    this.reactions.set(who.identity, sign);
    this.notices.add({ kind: 'reaction', name: nameOf(who), sign });
    setTimeout(() => {
      this.reactions.delete(who.identity);
      this.changed();
    }, REACTION_MILLIS);
  }
}

function offerOf({ id, name, size, mime }: FileOffer): FileOffer {
  return { id, name, size, mime };
}

export function nameOf(who: Participant): string {
  return who.name || who.identity;
}
