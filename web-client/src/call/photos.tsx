import { useEffect, useRef, useState } from 'react';
import { loadSnapshot, takeSnapshot } from '../api/snapshots';
import { RoundButton } from '../ui/controls';
import { useWords } from '../words/language';
import './photos.css';
import { useCall } from './useCall';

/** How long it is seen that a photo was taken, or not. */
const SHOWN_MILLIS = 1500;

const roomOf = (code: string) => `sluice-call-${code}`;

type ButtonProps = { identity: string; label: string };

/** Takes a photo of the video in the tile that it stands in. */
export function PhotoButton({ identity, label }: ButtonProps) {
  const words = useWords();
  const { seat } = useCall();
  const place = useRef<HTMLSpanElement>(null);
  const [state, setState] = useState<'ready' | 'busy' | 'taken' | 'failed'>('ready');
  useEffect(() => {
    if (state !== 'taken' && state !== 'failed') return;
    const timer = setTimeout(() => setState('ready'), SHOWN_MILLIS);
    return () => clearTimeout(timer);
  }, [state]);
  const take = async () => {
    const video = place.current?.closest('section')?.querySelector<HTMLVideoElement>('video:not(.waiting)');
    if (!video || state !== 'ready') return;
    setState('busy');
    const taken = await takeSnapshot(video, identity, roomOf(seat.code), seat.token);
    setState(taken ? 'taken' : 'failed');
  };
  return (
    <span ref={place} className="tile-photo">
      <RoundButton
        icon={state === 'taken' ? 'check' : 'photo'}
        className="small"
        kind={state === 'failed' ? 'danger' : 'plain'}
        label={state === 'failed' ? words.photoFailed : words.takePhoto(label)}
        disabled={state === 'busy'}
        onClick={() => void take()}
      />
    </span>
  );
}

/** A photo in the chat. */
export function PhotoCard({ photoId, by }: { photoId: string; by: string }) {
  const words = useWords();
  const { seat } = useCall();
  const { code, token } = seat;
  const [address, setAddress] = useState<string>();
  const [gone, setGone] = useState(false);
  useEffect(() => {
    let made: string | undefined;
    let over = false;
    void loadSnapshot(roomOf(code), photoId, token).then((image) => {
      if (over) return;
      if (!image) return setGone(true);
      made = URL.createObjectURL(image);
      setAddress(made);
    });
    return () => {
      over = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [code, token, photoId]);
  if (gone) return <p className="hint">{words.photoGone}</p>;
  if (!address) return <div className="photo-wait" aria-hidden="true" />;
  return (
    <a className="photo" href={address} target="_blank" rel="noreferrer">
      <img src={address} alt={words.photoBy(by)} />
    </a>
  );
}
