import {
  AudioPresets,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  Track,
  VideoPresets,
  type RoomOptions,
} from 'livekit-client';
import { retryDelayMillis } from '../pure/retry';
import { readSetting } from '../store/settings';
import { backForMillis } from './environment';

/** Tracks that the preview opened, to go into the call as they are. */
export type OpenTracks = { audio?: MediaStreamTrack | undefined; video?: MediaStreamTrack | undefined };

export function roomOptions(): RoomOptions {
  return {
    // Each picture is asked for in the size at which it is shown, and not at all where it is not.
    adaptiveStream: true,
    dynacast: true,
    stopLocalTrackOnUnpublish: true,
    disconnectOnPageLeave: true,
    audioCaptureDefaults: {
      ...chosen('microphone'),
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
    videoCaptureDefaults: { ...chosen('camera'), resolution: VideoPresets.h720.resolution },
    publishDefaults: {
      audioPreset: AudioPresets.speech,
      red: true,
      dtx: true,
      simulcast: true,
      videoSimulcastLayers: [VideoPresets.h180, VideoPresets.h360],
    },
    reconnectPolicy: {
      nextRetryDelayInMs: ({ retryCount, elapsedMs }) =>
        retryDelayMillis(retryCount, elapsedMs, Math.random(), backForMillis()),
    },
  };
}

function chosen(kind: 'microphone' | 'camera'): { deviceId?: string } {
  const device = readSetting(kind);
  return device ? { deviceId: device } : {};
}

/** Publishes the microphone: the open track if there is one, or else the device that was chosen. */
export async function publishMicrophone(room: Room, open: MediaStreamTrack | undefined): Promise<void> {
  if (open?.readyState === 'live') {
    const track = new LocalAudioTrack(
      open,
      room.options.audioCaptureDefaults as MediaTrackConstraints,
      false,
    );
    await room.localParticipant.publishTrack(track, { source: Track.Source.Microphone });
  } else {
    await room.localParticipant.setMicrophoneEnabled(true);
  }
}

export async function publishCamera(room: Room, open: MediaStreamTrack | undefined): Promise<void> {
  if (open?.readyState === 'live') {
    const { resolution, deviceId } = room.options.videoCaptureDefaults ?? {};
    const constraints: MediaTrackConstraints = {
      width: resolution?.width ?? 1280,
      height: resolution?.height ?? 720,
    };
    if (typeof deviceId === 'string') constraints.deviceId = deviceId;
    const track = new LocalVideoTrack(open, constraints, false);
    await room.localParticipant.publishTrack(track, { source: Track.Source.Camera });
  } else {
    await room.localParticipant.setCameraEnabled(true);
  }
}
