const PERIOD_MILLIS = 2500;
const TONES_HERTZ = [660, 880];
const TONE_SECONDS = 0.35;
const VOLUME = 0.12;

/** Rings until what it returns is called; silent where the browser wants a gesture first. */
export function ringTone(): () => void {
  const sound = new AudioContext();
  const ring = () => {
    for (const [index, frequency] of TONES_HERTZ.entries()) {
      const tone = new OscillatorNode(sound, { frequency });
      const volume = new GainNode(sound, { gain: VOLUME });
      tone.connect(volume).connect(sound.destination);
      const begins = sound.currentTime + index * TONE_SECONDS;
      tone.start(begins);
      tone.stop(begins + TONE_SECONDS);
    }
  };
  ring();
  const timer = setInterval(() => sound.state === 'running' && ring(), PERIOD_MILLIS);
  return () => {
    clearInterval(timer);
    void sound.close();
  };
}
