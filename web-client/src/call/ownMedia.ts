import { ConnectionState, Track, type Room } from 'livekit-client';
import type { Role } from '../api/calls';
import { deviceTrouble, type DeviceTrouble } from '../pure/media';
import { keepSeat, type Seat } from '../store/seat';
import { note } from './log';
import type { Notices } from './notices';
import { publishCamera, publishMicrophone, type OpenTracks } from './publishing';

export type OwnDevice = 'microphone' | 'camera';

/** What this seat sends: microphone, camera, screen. The seat says what is wanted; devices come and go. */
export class OwnMedia {
  readonly trouble: Partial<Record<OwnDevice, DeviceTrouble>> = {};
  /** Devices that were pulled out while they were in use. */
  private readonly lost = new Set<OwnDevice>();

  constructor(
    private readonly room: Room,
    private readonly seat: Seat,
    private open: OpenTracks,
    private readonly notices: Notices,
    private readonly changed: () => void,
    private readonly role: () => Role,
  ) {}

  async turn(what: 'microphone' | 'camera', on: boolean): Promise<void> {
    this.seat[what] = on;
    keepSeat(this.seat);
    if (on) return this.publish(what);
    await this.mute(what);
    this.changed();
  }

  private async mute(what: 'microphone' | 'camera'): Promise<void> {
    const self = this.room.localParticipant;
    await (what === 'microphone' ? self.setMicrophoneEnabled(false) : self.setCameraEnabled(false));
  }

  async share(on: boolean): Promise<void> {
    try {
      await this.room.localParticipant.setScreenShareEnabled(
        on,
        { audio: true, selfBrowserSurface: 'exclude', surfaceSwitching: 'include', systemAudio: 'include' },
        { simulcast: true },
      );
    } catch (refused) {
      // Who closes the browser's own dialog changed their mind.
      note('screen not shared', refused);
    }
    this.changed();
  }

  async publish(what: 'microphone' | 'camera'): Promise<void> {
    const may = this.role() !== 'viewer' && (what === 'microphone' || !this.seat.audioOnly);
    if (!may) this.letGo();
    if (!this.seat[what] || !may) return;
    delete this.trouble[what];
    try {
      if (what === 'microphone') {
        const open = this.open.audio;
        this.open = { ...this.open, audio: undefined };
        await publishMicrophone(this.room, open);
      } else {
        const open = this.open.video;
        this.open = { ...this.open, video: undefined };
        await publishCamera(this.room, open);
      }
      // Who turned it off while it opened had nothing to mute yet.
      if (!this.seat[what]) await this.mute(what);
      if (this.lost.delete(what)) this.notices.add({ kind: 'device', what, back: true });
    } catch (failed) {
      note(`${what} failed`, failed);
      if (this.room.state === ConnectionState.Connected) this.trouble[what] = deviceTrouble(failed);
    }
    this.changed();
  }

  /** Ends what the preview opened and the call does not use. */
  letGo(): void {
    this.open.audio?.stop();
    this.open.video?.stop();
    this.open = {};
  }

  /** A viewer's devices are let go of; who is made a speaker again turns them on when they like. */
  async unpublish(): Promise<void> {
    this.seat.microphone = false;
    this.seat.camera = false;
    const tracks = [...this.room.localParticipant.trackPublications.values()].flatMap(
      ({ track }) => track ?? [],
    );
    await this.room.localParticipant.unpublishTracks(tracks);
  }

  /** One of our tracks fell silent; what we turned off ourselves is not wanted any more by then. */
  silenced(source: Track.Source, isLost: boolean): void {
    const what =
      source === Track.Source.Microphone
        ? 'microphone'
        : source === Track.Source.Camera
          ? 'camera'
          : undefined;
    if (!what || !this.seat[what]) return;
    if (isLost) {
      this.lost.add(what);
      return this.notices.add({ kind: 'device', what, back: false });
    }
    this.seat[what] = false;
    if (what === 'microphone') this.notices.add({ kind: 'mutedByHost' });
  }

  /** A device that was pulled out and is wanted is opened again as soon as there is one. */
  devicesChanged(): void {
    for (const what of ['microphone', 'camera'] as const) {
      const source = what === 'microphone' ? Track.Source.Microphone : Track.Source.Camera;
      const publication = this.room.localParticipant.getTrackPublication(source);
      const live = publication?.track?.mediaStreamTrack.readyState === 'live' && !publication.isMuted;
      if (this.seat[what] && !live && this.room.state === ConnectionState.Connected) void this.publish(what);
    }
  }
}
