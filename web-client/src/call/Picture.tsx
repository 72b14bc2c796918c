import type { TrackPublication } from 'livekit-client';
import { useEffect, useRef } from 'react';
import type { DirectLink } from '../direct/link';

type Props = {
  publication: TrackPublication;
  link: DirectLink | undefined;
  mirrored: boolean;
  label: string;
};

/** Frames that a picture has to show before the other one of the same is taken away. */
const SURE_FRAMES = 2;

/** A picture from the server, or straight from its sender; when the way changes both are there until the new one moves. */
export function Picture({ publication, link, mirrored, label }: Props) {
  const { source, track } = publication;
  const fromServer = useRef<HTMLVideoElement>(null);
  const straight = useRef<HTMLVideoElement>(null);
  const stream = link?.stream(source);
  const isTaken = link?.taken.has(source) ?? false;
  const isRunning = link?.state === 'running';
  useEffect(() => {
    const element = fromServer.current;
    if (!track || !element) return;
    track.attach(element);
    return () => void track.detach(element);
  }, [track]);
  useEffect(() => {
    if (straight.current) straight.current.srcObject = stream ?? null;
  }, [stream]);
  useEffect(() => {
    if (!link || isTaken === isRunning) return;
    const element = isRunning ? straight.current : fromServer.current;
    if (!element) return;
    return whenMoving(element, () => (isRunning ? link.take(source) : link.give(source)));
  }, [link, source, stream, track, isTaken, isRunning]);
  const mirror = mirrored ? 'mirrored' : '';
  const waiting = (isWaiting: boolean) => (isWaiting ? 'waiting' : '');
  return (
    <>
      <video
        ref={fromServer}
        className={`${mirror} ${waiting(isTaken)}`}
        autoPlay
        playsInline
        muted
        aria-label={label}
        aria-hidden={isTaken}
      />
      {stream && (
        <video
          ref={straight}
          className={waiting(!isTaken)}
          autoPlay
          playsInline
          muted
          aria-label={label}
          aria-hidden={!isTaken}
        />
      )}
    </>
  );
}

/** Calls back when an element shows new frames; what is returned stops that. */
function whenMoving(element: HTMLVideoElement, then: () => void): () => void {
  let frames = 0;
  let handle = 0;
  const onFrame = () => {
    if (++frames >= SURE_FRAMES) then();
    else handle = element.requestVideoFrameCallback(onFrame);
  };
  handle = element.requestVideoFrameCallback(onFrame);
  return () => element.cancelVideoFrameCallback(handle);
}
