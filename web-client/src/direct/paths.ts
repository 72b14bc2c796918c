import {
  ConnectionState,
  RoomEvent,
  Track,
  type Participant,
  type Room,
  type RemoteTrackPublication,
} from 'livekit-client';
import type { Topology } from '../call/callState';
import { note } from '../call/log';
import { newId } from '../pure/names';
import { DirectLink, SOURCES } from './link';
import { OfferPace, offers, pauseMillis, wantedOthers } from './plan';
import type { Signal } from './signals';

const TICK_MILLIS = 250;

/** The largest mesh has seven others. */
const MAX_LINKS = 7;
const UNREADY_MILLIS = 500;
const MAX_EARLY_SIGNALS = 64;

/** An offer that came before its sender was wanted is of no use later. */
const EARLY_MILLIS = 3000;

/** Sound from the server is there when so many packets of it came. */
const SOUND_PACKETS = 2;

type Tries = { failures: number; nextAt: number };
type Early = { at: number; signals: Signal[] };

/**
 * The ways straight to others, beside the one through the server. The server's stays: all that is published goes on being
 * published there, but it is asked not to send what comes straight, and then nothing is sent to it either.
 */
export class DirectPaths {
  private readonly links = new Map<string, DirectLink>();
  private readonly tries = new Map<string, Tries>();
  private readonly early = new Map<string, Early>();
  private readonly pace = new OfferPace();
  private readonly soundsBefore = new Map<RemoteTrackPublication, number>();
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly room: Room,
    private readonly topology: () => Topology,
    private readonly send: (to: string, signal: Signal) => Promise<boolean>,
    private readonly changed: () => void,
  ) {
    const membersChanged = () => {
      // Who came or went may have changed what is possible.
      this.tries.clear();
      this.update();
    };
    room.on(RoomEvent.ParticipantConnected, membersChanged);
    room.on(RoomEvent.ParticipantDisconnected, ({ identity }) => {
      this.early.delete(identity);
      this.pace.forget(identity);
      membersChanged();
    });
    this.timer = setInterval(() => this.tick(), TICK_MILLIS);
  }

  /** The way straight to somebody, if there is one that is used. */
  linkTo(identity: string): DirectLink | undefined {
    const link = this.links.get(identity);
    return link && link.state !== 'connecting' && (link.state !== 'over' || link.taken.size > 0)
      ? link
      : undefined;
  }

  /** Whether somebody is connected straight, and all is well. */
  isDirect(identity: string): boolean {
    return this.links.get(identity)?.state === 'running';
  }

  get running(): readonly DirectLink[] {
    return [...this.links.values()].filter(({ state }) => state === 'running');
  }

  isSpeaking(who: Participant): boolean {
    if (who.isLocal) return who.isMicrophoneEnabled && this.running.some((link) => link.ownSpeaking);
    return who.isMicrophoneEnabled && this.isDirect(who.identity) && !!this.linkTo(who.identity)?.speaking;
  }

  /** The server cannot tell how good a connection is that does not lead to it. */
  qualityOf(who: Participant) {
    const link = who.isLocal ? this.running[0] : this.running.find(({ to }) => to === who.identity);
    return link ? link.quality : who.connectionQuality;
  }

  receive(from: string, signal: Signal): void {
    const link = this.links.get(from);
    if (link?.id === signal.link && link.state !== 'over') {
      link.receive(signal).catch((failed) => this.broken(link, failed));
      return;
    }
    if (signal.kind === 'offer' && !this.pace.take(from, performance.now())) return;
    const known = signal.kind === 'offer' ? undefined : this.early.get(from);
    const early = known ?? { at: performance.now(), signals: [] };
    if (signal.kind === 'answer' || (!known && signal.kind !== 'offer')) return;
    if ((!this.early.has(from) && this.early.size >= MAX_LINKS) || early.signals.length >= MAX_EARLY_SIGNALS)
      return;
    early.signals.push(signal);
    this.early.set(from, early);
    this.update();
  }

  close(): void {
    clearInterval(this.timer);
    for (const link of this.links.values()) link.close('the call is over');
    this.links.clear();
  }

  private tick(): void {
    this.sweep();
    for (const link of this.links.values()) link.tick();
    this.update();
    for (const who of this.room.remoteParticipants.values()) this.choose(who.identity);
    this.pauseSounds();
  }

  /** Begins and ends links so that they are as wanted. While the server is away nothing of it is known, and all stays. */
  private update(): void {
    if (this.room.state !== ConnectionState.Connected) return;
    const others = [...this.room.remoteParticipants.keys()];
    const wanted = wantedOthers(this.topology(), others).slice(0, MAX_LINKS);
    for (const link of [...this.links.values()]) {
      if (!this.room.remoteParticipants.has(link.to)) {
        link.close('the other has left');
        this.links.delete(link.to);
      } else if (!wanted.includes(link.to)) {
        link.leave();
      } else {
        link.stay();
      }
      this.forget(link);
    }
    for (const identity of wanted) this.begin(identity);
  }

  /** A link that is over is forgotten when nothing is shown from it any more. */
  private forget(link: DirectLink): void {
    if (link.state !== 'over' || this.links.get(link.to) !== link) return;
    if (link.taken.size === 0) this.links.delete(link.to);
  }

  /** Forgets what came from those who were not wanted in time. */
  private sweep(): void {
    const now = performance.now();
    for (const [from, { at }] of this.early) if (now - at > EARLY_MILLIS) this.early.delete(from);
  }

  private begin(identity: string): void {
    const now = performance.now();
    const [first] = this.early.get(identity)?.signals ?? [];
    if (first?.kind === 'offer') {
      const { signals } = this.early.get(identity) ?? { signals: [] };
      this.early.delete(identity);
      // Whoever offers anew has lost the old one.
      this.links.get(identity)?.close('the other begins anew');
      const link = this.newLink(identity, first.link);
      const receive = async () => {
        await link.answer(first.sdp);
        for (const signal of signals.slice(1)) if (signal.link === link.id) await link.receive(signal);
      };
      receive().catch((failed) => this.broken(link, failed));
      return;
    }
    const isFree = !this.links.has(identity) && now >= (this.tries.get(identity)?.nextAt ?? 0);
    if (!isFree || !offers(this.room.localParticipant.identity, identity)) return;
    const link = this.newLink(identity, newId());
    link.offer().catch((failed) => this.broken(link, failed));
  }

  private newLink(identity: string, id: string): DirectLink {
    note('direct: begin', identity);
    let isUnready = false;
    const link: DirectLink = new DirectLink(
      identity,
      id,
      this.room,
      iceServers(this.room),
      async (signal) => {
        const isTold = await this.send(identity, signal);
        // The other has only just come in.
        isUnready = !isTold && signal.kind === 'offer';
        if (isUnready) throw new Error('nobody hears it yet');
      },
      () => {
        if (link.state === 'over') this.over(link, isUnready);
        this.changed();
      },
    );
    this.links.set(identity, link);
    return link;
  }

  private over(link: DirectLink, isUnready: boolean): void {
    if (this.links.get(link.to) !== link) return;
    const failures = link.ran || isUnready ? 0 : (this.tries.get(link.to)?.failures ?? 0) + 1;
    const pause = isUnready ? UNREADY_MILLIS : pauseMillis(failures);
    this.tries.set(link.to, { failures, nextAt: performance.now() + pause });
    this.forget(link);
  }

  private broken(link: DirectLink, failed: unknown): void {
    note('direct: broken', failed);
    link.close('it broke');
  }

  private publication(identity: string, source: Track.Source): RemoteTrackPublication | undefined {
    return this.room.remoteParticipants.get(identity)?.getTrackPublication(source);
  }

  /** Asks the server for what does not come straight, and for nothing else. */
  private choose(identity: string): void {
    const link = this.links.get(identity);
    for (const source of SOURCES) {
      const publication = this.publication(identity, source);
      // What comes anew is shown when it moves, and never what was there before.
      if (!publication || publication.isMuted) link?.give(source);
      if (!publication) continue;
      const isWanted = link?.state !== 'running' || !link.taken.has(source);
      if (!isWanted) publication.setEnabled(false);
      else enable(publication);
      if (isWanted && link?.taken.has(source) && publication.kind === Track.Kind.Audio)
        void this.awaitSound(link, publication).catch(() => link.give(source));
    }
  }

  /** Lets the direct sound go as soon as that from the server flows. */
  private async awaitSound(link: DirectLink, publication: RemoteTrackPublication): Promise<void> {
    const { source } = publication;
    if (link.state === 'over') return link.give(source);
    let packets = 0;
    const stats = await publication.track?.getRTCStatsReport();
    stats?.forEach((report: Record<string, unknown>) => {
      if (report['type'] === 'inbound-rtp') packets += Number(report['packetsReceived']) || 0;
    });
    const before = this.soundsBefore.get(publication);
    if (before === undefined) this.soundsBefore.set(publication, packets);
    if (before === undefined || packets < before + SOUND_PACKETS) return;
    this.soundsBefore.delete(publication);
    link.give(source);
  }

  /**
   * Pauses the way to the server of sounds that nobody takes from there; pictures the server's own client pauses. Muting would be
   * seen by all, and taking the track away would end with the next change of the device.
   */
  private pauseSounds(): void {
    const others = [...this.room.remoteParticipants.keys()];
    for (const publication of this.room.localParticipant.audioTrackPublications.values()) {
      const sender = publication.track?.sender;
      const isUseless =
        others.length > 0 &&
        others.every((to) => this.isDirect(to) && this.links.get(to)?.theirs.has(publication.source));
      const parameters = sender?.getParameters();
      const [encoding] = parameters?.encodings ?? [];
      if (!sender || !parameters || !encoding || encoding.active === !isUseless) continue;
      encoding.active = !isUseless;
      sender.setParameters(parameters).catch((failed) => note('direct: sound not paused', failed));
    }
  }
}

/** Gives the decision back to whether the picture is seen: the client offers only yes and no. */
function enable(publication: RemoteTrackPublication): void {
  const decided = publication as unknown as { requestedDisabled: boolean | undefined };
  if (decided.requestedDisabled !== true) return;
  decided.requestedDisabled = undefined;
  publication.emitTrackUpdate();
}

/** Those that the server named when this page joined. */
function iceServers(room: Room): RTCIceServer[] {
  const servers = room.engine?.latestJoinResponse?.iceServers ?? [];
  return servers.map(({ urls, username, credential }) => ({ urls, username, credential }));
}
