import type { ByteStreamReader, Room } from 'livekit-client';
import type { FileOffer, Message } from './messages';
import { newId } from '../pure/names';
import { note } from './log';

/** The topic of the streams that carry files. */
const FILE_TOPIC = 'sluice-file';

export type Transfer =
  | { state: 'offered' }
  | { state: 'asked' }
  | { state: 'running'; share: number }
  | { state: 'there'; address: string }
  | { state: 'failed' }
  | { state: 'gone' };

/** Files that are offered to the call. Each goes only to who accepts it, as a stream of its own. */
export class Files {
  private readonly own = new Map<string, File>();
  private readonly expected = new Map<string, FileOffer & { from: string }>();
  private readonly transfers = new Map<string, Transfer>();

  constructor(
    private readonly room: Room,
    private readonly send: (message: Message, to?: string) => Promise<void>,
    private readonly changed: () => void,
  ) {
    room.registerByteStreamHandler(FILE_TOPIC, (reader, from) => void this.receive(reader, from.identity));
  }

  transfer(id: string): Transfer | undefined {
    return this.own.has(id) ? undefined : this.transfers.get(id);
  }

  offer(file: File): FileOffer {
    const offer = { id: newId(), name: file.name, size: file.size, mime: file.type };
    this.own.set(offer.id, file);
    return offer;
  }

  offered(offer: FileOffer, from: string): void {
    this.expected.set(offer.id, { ...offer, from });
    this.move(offer.id, { state: 'offered' });
  }

  accept(id: string): void {
    const offer = this.expected.get(id);
    if (!offer || !this.room.remoteParticipants.has(offer.from)) return this.move(id, { state: 'gone' });
    this.move(id, { state: 'asked' });
    this.send({ type: 'file-wanted', id }, offer.from).catch(() => this.move(id, { state: 'failed' }));
  }

  gone(id: string, from: string): void {
    if (this.expected.get(id)?.from === from) this.move(id, { state: 'gone' });
  }

  /** Sends one of our files to who wants it. */
  async wanted(id: string, by: string): Promise<void> {
    const file = this.own.get(id);
    if (!file) return this.send({ type: 'file-gone', id }, by);
    const writer = await this.room.localParticipant.streamBytes({
      name: file.name,
      topic: FILE_TOPIC,
      totalSize: file.size,
      destinationIdentities: [by],
      attributes: { id },
    });
    const stream = file.stream().getReader();
    for (;;) {
      const { done, value } = await stream.read();
      if (done) break;
      await writer.write(value);
    }
    await writer.close();
    note('file sent', { id, size: file.size });
  }

  close(): void {
    for (const transfer of this.transfers.values()) {
      if (transfer.state === 'there') URL.revokeObjectURL(transfer.address);
    }
  }

  private async receive(reader: ByteStreamReader, from: string): Promise<void> {
    const id = reader.info.attributes?.['id'] ?? '';
    const offer = this.expected.get(id);
    // Only what was accepted, from who offered it.
    if (!offer || offer.from !== from || this.transfers.get(id)?.state !== 'asked') return;
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    try {
      for await (const chunk of reader) {
        bytes += chunk.byteLength;
        if (bytes > offer.size) throw new Error('longer than offered');
        chunks.push(chunk as Uint8Array<ArrayBuffer>);
        this.move(id, { state: 'running', share: offer.size === 0 ? 1 : bytes / offer.size });
      }
      if (bytes !== offer.size) throw new Error('shorter than offered');
      // Never with the type that its sender says: a browser might show it as a page of ours.
      const blob = new Blob(chunks, { type: 'application/octet-stream' });
      this.move(id, { state: 'there', address: URL.createObjectURL(blob) });
    } catch (failed) {
      note('file failed', failed);
      this.move(id, { state: 'failed' });
    }
  }

  private move(id: string, transfer: Transfer): void {
    this.transfers.set(id, transfer);
    this.changed();
  }
}
