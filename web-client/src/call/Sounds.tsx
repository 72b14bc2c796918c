import { Track, type TrackPublication } from 'livekit-client';
import { useEffect, useRef } from 'react';
import type { DirectLink } from '../direct/link';
import { note } from './log';
import { useCall } from './useCall';

const SOUNDS = [Track.Source.Microphone, Track.Source.ScreenShareAudio];

/** Plays what the others say, and the sound of their screens. */
export function Sounds() {
  const { room, direct } = useCall();
  return [...room.remoteParticipants.values()].flatMap((who) =>
    SOUNDS.map((source) => who.getTrackPublication(source))
      .filter((known) => known !== undefined)
      .map((publication) => (
        <Sound key={publication.trackSid} publication={publication} link={direct.linkTo(who.identity)} />
      )),
  );
}

type Props = { publication: TrackPublication; link: DirectLink | undefined };

/** From the server, or straight: never both. */
function Sound({ publication, link }: Props) {
  const { source, track } = publication;
  const audio = useRef<HTMLAudioElement>(null);
  // Who is muted by the host is not heard, whatever their page sends.
  const stream = publication.isMuted ? undefined : link?.stream(source);
  const isTaken = link?.taken.has(source) ?? false;
  useEffect(() => {
    const element = audio.current;
    if (!track || !element) return;
    track.attach(element);
    return () => void track.detach(element);
  }, [track]);
  useEffect(() => {
    if (audio.current) audio.current.muted = isTaken;
  }, [track, isTaken]);
  return (
    <>
      <audio ref={audio} autoPlay />
      {link && stream && <StraightSound link={link} source={source} stream={stream} />}
    </>
  );
}

type StraightProps = { link: DirectLink; source: Track.Source; stream: MediaStream };

function StraightSound({ link, source, stream }: StraightProps) {
  const { room } = useCall();
  const audio = useRef<HTMLAudioElement>(null);
  const speaker = room.getActiveDevice('audiooutput');
  const mayPlay = room.canPlaybackAudio;
  const isTaken = link.taken.has(source);
  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    element.srcObject = stream;
    return () => void (element.srcObject = null);
  }, [stream]);
  useEffect(() => {
    // Not all browsers let the page choose.
    if (speaker) audio.current?.setSinkId?.(speaker).catch((failed) => note('speaker not chosen', failed));
  }, [speaker]);
  useEffect(() => {
    if (!mayPlay || isTaken || link.state !== 'running') return;
    audio.current?.play().then(
      () => link.take(source),
      (refused) => note('direct: sound not played', refused),
    );
  }, [link, link.state, source, stream, mayPlay, isTaken]);
  return <audio ref={audio} muted={link.state !== 'running' && !isTaken} />;
}
