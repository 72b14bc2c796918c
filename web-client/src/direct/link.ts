import { ConnectionQuality, ScreenSharePresets, Track, VideoPresets, type Room } from 'livekit-client';
import { note } from '../call/log';
import { measureOf, qualityBetween, type Measure } from './measure';
import type { Signal } from './signals';

/** What a page sends, in the order of the sections: they are all there from the beginning, so that nothing is negotiated later. */
export const SOURCES = [
  Track.Source.Microphone,
  Track.Source.Camera,
  Track.Source.ScreenShare,
  Track.Source.ScreenShareAudio,
] as const;

const isSound = (source: Track.Source) =>
  source === Track.Source.Microphone || source === Track.Source.ScreenShareAudio;

/** As much as the same picture may have on its way to the server. */
const MAX_BITRATES: Partial<Record<Track.Source, number>> = {
  [Track.Source.Camera]: VideoPresets.h720.encoding.maxBitrate,
  [Track.Source.ScreenShare]: ScreenSharePresets.h1080fps15.encoding.maxBitrate,
};

/** Whoever finds no way within this is not waited for. */
const CONNECT_MILLIS = 3000;

/** Pulses that may be missing: three seconds. A page that stands still counts none. */
const MAX_MISSED = 12;

/** The longest that one waits for pictures through the server before the old ones are taken away. */
const LEAVE_MILLIS = 8000;

const MAX_EARLY_CANDIDATES = 64;
const MAX_PULSE_CHARS = 400;
const MEASURE_TICKS = 2;
const SPEAKING_LEVEL = 0.03;

export type LinkState = 'connecting' | 'running' | 'leaving' | 'over';

/** A connection straight to one other page, beside the one to the server. Both ends tell each other four times a second what they take from it. */
export class DirectLink {
  state: LinkState = 'connecting';
  /** Whether there was a way at all. */
  ran = false;
  /** What is shown and heard from here, and not from the server. */
  readonly taken = new Set<Track.Source>();
  /** What the other takes from here. */
  theirs: ReadonlySet<string> = new Set();
  quality = ConnectionQuality.Unknown;
  speaking = false;
  ownSpeaking = false;
  private readonly connection: RTCPeerConnection;
  private readonly pulses: RTCDataChannel;
  private readonly streams = new Map<Track.Source, MediaStream>();
  private readonly early: RTCIceCandidateInit[] = [];
  private readonly timer: ReturnType<typeof setTimeout>;
  private described = false;
  private missed = 0;
  private ticks = 0;
  private leftAt = 0;
  private before: Measure | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    readonly to: string,
    readonly id: string,
    private readonly room: Room,
    iceServers: RTCIceServer[],
    private readonly send: (signal: Signal) => Promise<void>,
    private readonly changed: () => void,
  ) {
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.pulses = this.connection.createDataChannel('pulse', { negotiated: true, id: 0 });
    this.pulses.onmessage = ({ data }) => this.heard(data);
    this.pulses.onclose = () => this.close('the other has closed it');
    this.connection.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      const mid = candidate.sdpMid ?? '0';
      this.tell({ link: this.id, kind: 'candidate', candidate: candidate.candidate, mid });
    };
    this.connection.onconnectionstatechange = () => {
      if (this.connection.connectionState === 'failed') this.close('it failed');
    };
    this.connection.ontrack = ({ track, transceiver }) => {
      const source = SOURCES[this.connection.getTransceivers().indexOf(transceiver)];
      if (source) this.streams.set(source, new MediaStream([track]));
      this.changed();
    };
    this.timer = setTimeout(() => {
      if (this.state === 'connecting') this.close('no way in time');
    }, CONNECT_MILLIS);
  }

  async offer(): Promise<void> {
    for (const source of SOURCES) this.connection.addTransceiver(isSound(source) ? 'audio' : 'video');
    await this.sendTracks();
    await this.connection.setLocalDescription();
    this.tellDescription('offer');
  }

  async answer(sdp: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: 'offer', sdp });
    for (const transceiver of this.connection.getTransceivers()) transceiver.direction = 'sendrecv';
    await this.sendTracks();
    await this.connection.setLocalDescription();
    this.tellDescription('answer');
    await this.afterDescriptions();
  }

  async receive(signal: Signal): Promise<void> {
    if (this.state === 'over') return;
    if (signal.kind === 'answer' && this.connection.signalingState === 'have-local-offer') {
      await this.connection.setRemoteDescription({ type: 'answer', sdp: signal.sdp });
      await this.afterDescriptions();
    } else if (signal.kind === 'candidate') {
      const candidate = { candidate: signal.candidate, sdpMid: signal.mid };
      if (this.described) await this.connection.addIceCandidate(candidate);
      else if (this.early.length < MAX_EARLY_CANDIDATES) this.early.push(candidate);
    }
  }

  /** What comes straight from the other, if anything can. */
  stream(source: Track.Source): MediaStream | undefined {
    return this.state === 'running' || this.taken.has(source) ? this.streams.get(source) : undefined;
  }

  /** The picture or sound plays: it is not needed from the server any more. */
  take(source: Track.Source): void {
    if (this.state !== 'running' || this.taken.has(source)) return;
    this.taken.add(source);
    this.changed();
  }

  /** The same plays from the server. */
  give(source: Track.Source): void {
    if (this.taken.delete(source)) this.changed();
  }

  /** All is to go through the server again; what plays stays until it comes from there. */
  leave(): void {
    if (this.state === 'connecting') return this.close('not wanted any more');
    if (this.state !== 'running') return;
    note('direct: leaving');
    this.state = 'leaving';
    this.leftAt = performance.now();
    this.changed();
  }

  /** It is wanted again before it was left. */
  stay(): void {
    if (this.state !== 'leaving') return;
    this.state = 'running';
    this.changed();
  }

  close(why: string): void {
    if (this.state === 'over') return;
    note('direct: over', why);
    this.state = 'over';
    clearTimeout(this.timer);
    this.pulses.onclose = null;
    this.connection.close();
    this.changed();
  }

  /** Four times a second. */
  tick(): void {
    if (this.state === 'over') return;
    void this.sendTracks().catch((failed) => note('direct: track', failed));
    if (this.pulses.readyState !== 'open') return;
    this.pulses.send(JSON.stringify([...this.taken]));
    if (this.ran && ++this.missed > MAX_MISSED) return this.close('the other is silent');
    if (this.state === 'leaving') {
      const isLeft = this.taken.size === 0 && this.theirs.size === 0;
      if (isLeft || performance.now() - this.leftAt > LEAVE_MILLIS) return this.close('left');
    }
    if (++this.ticks % MEASURE_TICKS === 0) void this.measure().catch(() => {});
  }

  /** The counters of what goes and comes, for who wants to see them. */
  async statistics(): Promise<{ source: Track.Source; sent: boolean; stats: RTCStatsReport }[]> {
    if (this.state === 'over') return [];
    const found = [];
    for (const [index, transceiver] of this.connection.getTransceivers().entries()) {
      const source = SOURCES[index];
      if (!source) continue;
      if (transceiver.sender.track)
        found.push({ source, sent: true, stats: await transceiver.sender.getStats() });
      found.push({ source, sent: false, stats: await transceiver.receiver.getStats() });
    }
    return found;
  }

  private heard(data: unknown): void {
    if (typeof data !== 'string' || data.length > MAX_PULSE_CHARS) return;
    try {
      const told: unknown = JSON.parse(data);
      if (!Array.isArray(told)) return;
      this.theirs = new Set(told.filter((source) => typeof source === 'string'));
    } catch {
      return;
    }
    this.missed = 0;
    if (this.state !== 'connecting') return;
    note('direct: running');
    clearTimeout(this.timer);
    this.ran = true;
    this.state = 'running';
    this.changed();
  }

  /** Sends what is published and not muted: devices and screens come and go, and the sections stay. */
  private async sendTracks(): Promise<void> {
    const self = this.room.localParticipant;
    const changes = this.connection.getTransceivers().map(async ({ sender }, index) => {
      const source = SOURCES[index];
      const publication = source && self.getTrackPublication(source);
      const track = publication?.isMuted ? undefined : publication?.track?.mediaStreamTrack;
      const wanted = track?.readyState === 'live' ? track : null;
      if (sender.track !== wanted) await sender.replaceTrack(wanted);
    });
    await Promise.all(changes);
  }

  private async afterDescriptions(): Promise<void> {
    this.described = true;
    for (const candidate of this.early.splice(0)) await this.connection.addIceCandidate(candidate);
    for (const [index, { sender }] of this.connection.getTransceivers().entries()) {
      const maxBitrate = MAX_BITRATES[SOURCES[index] ?? Track.Source.Unknown];
      const parameters = sender.getParameters();
      const [encoding] = parameters.encodings;
      if (!maxBitrate || !encoding) continue;
      encoding.maxBitrate = maxBitrate;
      await sender.setParameters(parameters);
    }
  }

  private tellDescription(kind: 'offer' | 'answer'): void {
    this.tell({ link: this.id, kind, sdp: this.connection.localDescription?.sdp ?? '' });
  }

  /** One after the other: a candidate is of no use before its offer. */
  private tell(signal: Signal): void {
    this.sending = this.sending
      .then(() => (this.state === 'over' ? undefined : this.send(signal)))
      .catch((failed) => {
        note('direct: not told', failed);
        if (signal.kind !== 'candidate') this.close('the server does not pass it on');
      });
  }

  private async measure(): Promise<void> {
    const now = measureOf(await this.connection.getStats());
    if (this.before) this.quality = qualityBetween(this.before, now);
    this.before = now;
    this.ownSpeaking = now.level > SPEAKING_LEVEL;
    const [microphone] = this.connection.getTransceivers();
    const [heard] = microphone?.receiver.getSynchronizationSources() ?? [];
    this.speaking = (heard?.audioLevel ?? 0) > SPEAKING_LEVEL;
    this.changed();
  }
}
