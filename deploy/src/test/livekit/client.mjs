// What the checks share: participants with a camera that shows grey and a microphone that hums.
import { createHash } from 'node:crypto';
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
  VideoStream,
} from '@livekit/rtc-node';

const WIDTH = 320;
const HEIGHT = 180;
const SAMPLE_RATE = 48_000;
const PATIENCE_MILLIS = 40_000;

/** Rejects when it does not happen in time. */
export function within(promise, what, millis = PATIENCE_MILLIS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not in time: ${what}`)), millis);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Waits until a condition holds. */
export async function until(condition, what, millis = PATIENCE_MILLIS) {
  const end = Date.now() + millis;
  while (!condition()) {
    if (Date.now() > end) {
      throw new Error(`not in time: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The next event of a room that passes a filter, with its arguments. */
export function next(room, event, filter = () => true, millis = PATIENCE_MILLIS) {
  const happened = new Promise((resolve) => {
    const listener = (...args) => {
      if (filter(...args)) {
        room.off(event, listener);
        resolve(args);
      }
    };
    room.on(event, listener);
  });
  return within(happened, event, millis);
}

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One participant that counts what it gets to see and hear. */
export class Participant {
  constructor(name) {
    this.name = name;
    this.room = new Room();
    this.videoFrames = 0;
    this.audioFrames = 0;
    this.timers = [];
    this.room.on(RoomEvent.TrackSubscribed, (track) => this.watch(track));
  }

  async join(url, token, options = {}) {
    await within(
      this.room.connect(url, token, { autoSubscribe: true, dynacast: false, ...options }),
      `${this.name} joins`,
    );
  }

  async watch(track) {
    const isVideo = track.kind === TrackKind.KIND_VIDEO;
    const stream = isVideo ? new VideoStream(track) : new AudioStream(track);
    for await (const _ of stream) {
      if (isVideo) {
        this.videoFrames++;
      } else {
        this.audioFrames++;
      }
    }
  }

  async publishVideo() {
    const source = new VideoSource(WIDTH, HEIGHT);
    const track = LocalVideoTrack.createVideoTrack('camera', source);
    let shade = 0;
    this.timers.push(
      setInterval(() => {
        shade = (shade + 3) % 256;
        const data = new Uint8Array(WIDTH * HEIGHT * 4).fill(shade);
        source.captureFrame(new VideoFrame(data, WIDTH, HEIGHT, VideoBufferType.RGBA));
      }, 66),
    );
    const options = new TrackPublishOptions();
    options.source = TrackSource.SOURCE_CAMERA;
    return this.room.localParticipant.publishTrack(track, options);
  }

  async publishAudio() {
    const source = new AudioSource(SAMPLE_RATE, 1);
    const track = LocalAudioTrack.createAudioTrack('microphone', source);
    const samples = SAMPLE_RATE / 100;
    let phase = 0;
    let busy = false;
    this.timers.push(
      setInterval(async () => {
        if (busy) {
          return;
        }
        busy = true;
        const data = new Int16Array(samples);
        for (let i = 0; i < samples; i++) {
          data[i] = 12_000 * Math.sin((2 * Math.PI * 440 * phase++) / SAMPLE_RATE);
        }
        await source.captureFrame(new AudioFrame(data, SAMPLE_RATE, 1, samples)).catch(() => {});
        busy = false;
      }, 10),
    );
    const options = new TrackPublishOptions();
    options.source = TrackSource.SOURCE_MICROPHONE;
    return this.room.localParticipant.publishTrack(track, options);
  }

  other(identity) {
    return this.room.remoteParticipants.get(identity);
  }

  async leave() {
    this.timers.forEach(clearInterval);
    await this.room.disconnect();
  }
}
