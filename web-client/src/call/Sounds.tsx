import { Track, type TrackPublication } from 'livekit-client';
import { useEffect, useRef } from 'react';
import { useCall } from './useCall';

const SOUNDS = [Track.Source.Microphone, Track.Source.ScreenShareAudio];

/** Plays what the others say, and the sound of their screens. */
export function Sounds() {
  const { room } = useCall();
  const publications = [...room.remoteParticipants.values()].flatMap((who) =>
    SOUNDS.map((source) => who.getTrackPublication(source)).filter((known) => known !== undefined),
  );
  return publications.map((publication) => <Sound key={publication.trackSid} publication={publication} />);
}

function Sound({ publication }: { publication: TrackPublication }) {
  const audio = useRef<HTMLAudioElement>(null);
  const track = publication.track;
  useEffect(() => {
    const element = audio.current;
    if (!track || !element) return;
    track.attach(element);
    return () => void track.detach(element);
  }, [track]);
  return <audio ref={audio} autoPlay />;
}
