import {
  ConnectionState,
  DisconnectReason,
  EngineEvent,
  Room,
  RoomEvent,
  type Participant,
} from 'livekit-client';
import { CallError, calls, moderation, type Admission, type Moderation, type Role } from '../api/calls';
import { retryDelayMillis } from '../pure/retry';
import { giveUpSeat, keepSeat, type Seat } from '../store/seat';
import { Conversation, nameOf } from './conversation';
import { backForMillis, ownServer, Pause, watchEnvironment } from './environment';
import { note } from './log';
import { decode, TOPIC } from './messages';
import { callState, type CallState } from './callState';
import { photoIn } from '../pure/photo';
import { Notices } from './notices';
import { OwnMedia } from './ownMedia';
import { roomOptions, type OpenTracks } from './publishing';
import { roleOf } from './tiles';
import { DirectPaths } from '../direct/paths';
import { sendSignal, signalIn } from '../direct/signals';

export type Ending = 'left' | 'removed' | 'ended' | 'elsewhere' | 'unreachable' | 'refused';
export type Connection = 'joining' | 'connected' | 'reconnecting' | 'offline';

/** Short, since packets of a try that began in a dead network are sent again only seconds later. */
const WEBSOCKET_MILLIS = 5000;

/**
 * A seat in a call, from the first try to join until it is left: the room of LiveKit, and what it does not know (chat, hands,
 * files), kept over every reconnection. React reads it by `subscribe` and `version`.
 */
export class CallSession {
  readonly room = new Room(roomOptions());
  readonly notices = new Notices(() => this.changed());
  readonly talk: Conversation;
  readonly media: OwnMedia;
  readonly moderation: Moderation;
  readonly direct: DirectPaths;
  connection: Connection = 'joining';
  ending: Ending | undefined;
  /** Whether the page shows something else by now. */
  gone = false;
  /** Who of the others spoke last. */
  lastSpeaker: string | undefined;
  private version = 0;
  private isReturning = false;
  private isJoining = false;
  private scheduled = false;
  private readonly listeners = new Set<() => void>();
  private readonly pause = new Pause();
  private readonly unwatch: () => void;

  constructor(
    readonly seat: Seat,
    open: OpenTracks,
    /** Asks the server for a new token when the old one is refused; rejects if there is no seat any more. */
    private readonly renew: () => Promise<Admission>,
  ) {
    this.talk = new Conversation(
      this.room,
      seat,
      this.notices,
      () => this.changed(),
      () => this.whenConnected(),
    );
    this.media = new OwnMedia(
      this.room,
      seat,
      open,
      this.notices,
      () => this.changed(),
      () => this.role,
    );
    this.moderation = moderation(seat.code, () => this.seat.token);
    this.direct = new DirectPaths(
      this.room,
      () => this.state.topology,
      (to, signal) => sendSignal(this.room.name, this.seat.token, to, signal),
      () => this.changed(),
    );
    this.listen();
    this.unwatch = watchEnvironment(
      () => this.networkChanged(),
      () => this.media.devicesChanged(),
    );
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = () => this.version;

  get role(): Role {
    const told = this.room.localParticipant.attributes['sluice.role'];
    return told === 'host' || told === 'speaker' || told === 'viewer' ? told : this.seat.role;
  }

  get state(): CallState {
    return callState(this.room.metadata, this.seat.title);
  }

  /** Joins, and tries again for as long as there is hope. */
  async connect(): Promise<void> {
    if (this.isJoining) return;
    this.isJoining = true;
    try {
      await this.tryToJoin();
    } finally {
      this.isJoining = false;
    }
    if (this.ending !== undefined) return;
    this.watchReturns();
    note('joined', { room: this.room.name, as: this.room.localParticipant.identity });
    this.move('connected');
    await Promise.all([this.media.publish('microphone'), this.media.publish('camera')]);
  }

  /** Returns when the page has joined, or the call is over for it. */
  private async tryToJoin(): Promise<void> {
    keepSeat(this.seat);
    const began = performance.now();
    for (let tries = 0; this.ending === undefined; tries++) {
      try {
        await this.room.connect(ownServer(), this.seat.token, {
          maxRetries: 0,
          websocketTimeout: WEBSOCKET_MILLIS,
        });
        break;
      } catch (failed) {
        note('join failed', failed);
        if (this.ending !== undefined) return;
        if (await this.refused(failed)) return;
        const delay = retryDelayMillis(tries, performance.now() - began, Math.random(), backForMillis());
        if (delay === null) return this.end('unreachable');
        if (tries > 0) this.move(navigator.onLine ? 'reconnecting' : 'offline');
        await this.pause.wait(delay);
      }
    }
  }

  async leave(): Promise<void> {
    this.end('left');
    await this.room.disconnect();
  }

  private async whenConnected(): Promise<void> {
    if (this.canSend()) return;
    await new Promise<void>((resolve, reject) => {
      const stop = this.subscribe(() => {
        if (this.ending === undefined && !this.canSend()) return;
        stop();
        this.ending === undefined ? resolve() : reject(new Error('the call is over'));
      });
    });
  }

  private canSend(): boolean {
    return !this.isReturning && this.room.state === ConnectionState.Connected;
  }

  /**
   * LiveKit's client says that it is connected again up to 2 s before its attempt has ended. What is sent meanwhile it keeps
   * for a replay that is over, and so until the next cut.
   */
  private watchReturns(): void {
    const { engine } = this.room;
    this.isReturning = false;
    const begins = () => (this.isReturning = true);
    // The attempt ends when those have heard it who are told.
    const ends = () =>
      setTimeout(() => {
        this.isReturning = false;
        this.changed();
      });
    engine.on(EngineEvent.Resuming, begins).on(EngineEvent.Restarting, begins);
    engine.on(EngineEvent.Resumed, ends).on(EngineEvent.Restarted, ends);
  }

  /** Whether the server wants us no more. A token that is too old is exchanged. */
  private async refused(failed: unknown): Promise<boolean> {
    const status = (failed as { status?: unknown }).status;
    if (status !== 401 && status !== 403 && status !== 404) return false;
    try {
      const { token, identity, role } = await this.renew();
      Object.assign(this.seat, { token, identity, role });
      keepSeat(this.seat);
      return false;
    } catch (gone) {
      if ((gone as { status?: number }).status === 0) return false;
      note('no seat any more', gone);
      this.end('refused');
      return true;
    }
  }

  private listen(): void {
    const room = this.room;
    for (const event of Object.values(RoomEvent)) {
      // Data are told by what they change; the others tell what is shown.
      if (event !== RoomEvent.DataReceived) room.on(event as RoomEvent.Connected, () => this.changed());
    }
    room.on(RoomEvent.Reconnecting, () => this.move(navigator.onLine ? 'reconnecting' : 'offline'));
    room.on(RoomEvent.SignalReconnecting, () => this.move(navigator.onLine ? 'reconnecting' : 'offline'));
    room.on(RoomEvent.Reconnected, () => this.move('connected'));
    room.on(RoomEvent.Disconnected, (reason) => this.disconnected(reason));
    room.on(RoomEvent.DataReceived, (bytes, from, _kind, topic, _encryption, identity) => {
      const message = topic === TOPIC && from ? decode(bytes) : undefined;
      if (message && from) this.talk.receive(message, from);
      // What the server says has no identity; somebody who has just left still has one, but is no participant.
      const byServer = topic === TOPIC && !from && !identity;
      const photo = byServer ? photoIn(bytes) : undefined;
      if (photo) this.talk.photographed(photo);
      const told = byServer ? signalIn(bytes) : undefined;
      if (told) this.direct.receive(told.from, told.signal);
    });
    room.on(RoomEvent.ParticipantConnected, (who) => {
      if (this.isNews(who)) this.notices.add({ kind: 'joined', name: nameOf(who) });
      this.talk.greet(who);
    });
    room.on(RoomEvent.ParticipantDisconnected, (who) => {
      this.talk.forget(who);
      if (this.isNews(who)) this.notices.add({ kind: 'left', name: nameOf(who) });
    });
    room.on(RoomEvent.ActiveSpeakersChanged, (speakers) => {
      this.lastSpeaker = speakers.find((who) => !who.isLocal)?.identity ?? this.lastSpeaker;
    });
    room.on(RoomEvent.TrackMuted, (publication, who) => {
      if (who.isLocal)
        this.media.silenced(publication.source, publication.track?.mediaStreamTrack.readyState === 'ended');
    });
    room.on(RoomEvent.ParticipantAttributesChanged, (changed, who) => {
      if (who.isLocal && 'sluice.role' in changed && this.connection === 'connected') {
        this.seat.role = this.role;
        if (this.role === 'viewer') void this.media.unpublish();
        this.notices.add({ kind: 'role', role: this.role });
      }
    });
  }

  /** Who comes and goes to watch a broadcast is only counted. */
  private isNews(who: Participant): boolean {
    return !this.state.broadcast || roleOf(who) !== 'viewer';
  }

  private networkChanged(): void {
    note(navigator.onLine ? 'online' : 'offline');
    if (this.connection === 'reconnecting' || this.connection === 'offline') {
      this.move(navigator.onLine ? 'reconnecting' : 'offline');
    } else if (!navigator.onLine) {
      this.changed();
    }
    if (navigator.onLine) this.pause.cut();
  }

  private disconnected(reason: DisconnectReason | undefined): void {
    note('disconnected', DisconnectReason[reason ?? DisconnectReason.UNKNOWN_REASON]);
    if (this.ending !== undefined) return;
    switch (reason) {
      case DisconnectReason.CLIENT_INITIATED:
        return;
      case DisconnectReason.DUPLICATE_IDENTITY:
        return this.end('elsewhere');
      case DisconnectReason.PARTICIPANT_REMOVED:
        return this.end('removed');
      case DisconnectReason.ROOM_DELETED:
      case DisconnectReason.ROOM_CLOSED:
        this.move('reconnecting');
        void this.afterTheRoom();
        return;
      default:
        // The server was restarted, or LiveKit's client gave up: a new join in the same seat.
        // A try to join that fails says so, too: it is repeated already.
        if (this.isJoining) return;
        this.move(navigator.onLine ? 'reconnecting' : 'offline');
        void this.connect();
    }
  }

  /** A room ends with its call; where it was only deleted, the call goes on in a new one. */
  private async afterTheRoom(): Promise<void> {
    try {
      await calls.look(this.seat.code);
    } catch (failed) {
      if (failed instanceof CallError && failed.status === 404) return this.end('ended');
    }
    await this.connect();
  }

  private end(ending: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    note('over', ending);
    this.unwatch();
    this.media.letGo();
    this.direct.close();
    this.pause.cut();
    giveUpSeat(this.seat.code);
    this.talk.files.close();
    this.changed();
  }

  private move(connection: Connection): void {
    if (connection === 'connected' && this.connection !== 'joining') this.notices.add({ kind: 'back' });
    const isNew = this.connection !== connection;
    this.connection = connection;
    note(connection);
    if (connection !== 'connected') this.talk.lost();
    else if (isNew) this.talk.catchUp();
    this.changed();
  }

  /** Many events come at once: they are shown together. */
  private changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.version++;
      for (const listener of [...this.listeners]) listener();
    });
  }
}
