import { useEffect, useRef } from 'react';
import { useWords } from '../words/language';
import { Icon } from './icons';

/** Below this nothing is heard; speech close to a microphone reaches the top. In dB of full scale. */
const QUIET_DB = -60;
const LOUD_DB = -12;

/** The level of a microphone, as it is now. */
export function LevelMeter({ track }: { track: MediaStreamTrack | undefined }) {
  const words = useWords();
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    if (!track) return;
    const context = new AudioContext();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let frame = 0;
    const draw = () => {
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      const db = 10 * Math.log10(sum / samples.length + 1e-9);
      const share = Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
      if (meter.current) meter.current.value = share;
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => {
      cancelAnimationFrame(frame);
      source.disconnect();
      void context.close();
      if (meter.current) meter.current.value = 0;
    };
  }, [track]);
  return (
    <div className="level-row">
      <Icon name={track ? 'mic' : 'micOff'} />
      <meter ref={meter} className="level" min={0} max={1} value={0} aria-label={words.level} />
    </div>
  );
}
