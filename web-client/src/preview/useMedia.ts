import { useCallback, useEffect, useRef, useState } from 'react';
import { deviceTrouble, type DeviceTrouble } from '../pure/media';
import { readSetting, writeSetting } from '../store/settings';

export type Kind = 'microphone' | 'camera';

export type Opened = {
  track: MediaStreamTrack | undefined;
  trouble: DeviceTrouble | undefined;
  on: boolean;
  turn: (on: boolean) => void;
  device: string;
  choose: (device: string) => void;
  retry: () => void;
};

const PICTURE: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};
const SOUND: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

function constraints(kind: Kind, device: string): MediaStreamConstraints {
  const chosen: MediaTrackConstraints = device ? { deviceId: { exact: device } } : {};
  return kind === 'microphone'
    ? { audio: { ...SOUND, ...chosen }, video: false }
    : { audio: false, video: { ...PICTURE, ...chosen } };
}

async function open(kind: Kind, device: string): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices
    .getUserMedia(constraints(kind, device))
    .catch((failed: unknown) => {
      // The device that was chosen last time may be at home.
      const gone = failed instanceof Error && failed.name === 'OverconstrainedError';
      if (!device || !gone) throw failed;
      return navigator.mediaDevices.getUserMedia(constraints(kind, ''));
    });
  const track = stream.getTracks()[0];
  if (!track) throw new DOMException('no track', 'NotFoundError');
  return track;
}

/** Keeps a device open while it is on and shown; `keep` hands its track over, so that it stays open after the preview. */
export function useMedia(kind: Kind, wanted: boolean): Opened & { keep: () => MediaStreamTrack | undefined } {
  const [on, setOn] = useState(true);
  const [device, setDevice] = useState(readSetting(kind) ?? '');
  const [track, setTrack] = useState<MediaStreamTrack>();
  const [trouble, setTrouble] = useState<DeviceTrouble>();
  const [tries, setTries] = useState(0);
  const kept = useRef<MediaStreamTrack | undefined>(undefined);

  useEffect(() => {
    if (!on || !wanted) return;
    let over = false;
    let opened: MediaStreamTrack | undefined;
    open(kind, device).then(
      (got) => {
        if (over) return got.stop();
        opened = got;
        got.onended = () => {
          setTrack(undefined);
          setTrouble('none');
        };
        setTrouble(undefined);
        setTrack(got);
      },
      (failed: unknown) => !over && setTrouble(deviceTrouble(failed)),
    );
    return () => {
      over = true;
      if (opened && opened !== kept.current) opened.stop();
      setTrack(undefined);
    };
  }, [kind, on, wanted, device, tries]);

  useEffect(() => {
    if (!trouble) return;
    const again = () => setTries((count) => count + 1);
    navigator.mediaDevices?.addEventListener('devicechange', again);
    return () => navigator.mediaDevices?.removeEventListener('devicechange', again);
  }, [trouble]);

  const choose = useCallback(
    (chosen: string) => {
      writeSetting(kind, chosen);
      setDevice(chosen);
    },
    [kind],
  );
  const keep = () => {
    kept.current = track;
    if (track) track.onended = null;
    return track;
  };
  const turn = (next: boolean) => {
    setTrouble(undefined);
    setOn(next);
  };
  return { track, trouble, on, turn, device, choose, retry: () => setTries((count) => count + 1), keep };
}
