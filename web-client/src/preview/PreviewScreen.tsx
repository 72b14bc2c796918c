import { useEffect, useRef, useState } from 'react';
import { CallError, calls, type CallInfo } from '../api/calls';
import { stopOf } from '../api/stops';
import type { Intent } from '../app';
import type { OpenTracks } from '../call/publishing';
import { cleanName } from '../pure/names';
import type { Stop } from '../states/StopScreen';
import type { Seat } from '../store/seat';
import { readSetting, writeSetting } from '../store/settings';
import { DeviceSelect } from '../ui/DeviceSelect';
import { DeviceTroubles } from '../ui/DeviceTroubles';
import { LevelMeter } from '../ui/LevelMeter';
import { RoundButton } from '../ui/controls';
import { Icon } from '../ui/icons';
import { useDevices } from '../ui/useDevices';
import { useWords } from '../words/language';
import { problemText } from '../words/problems';
import { useJoining, type Progress } from './useJoining';
import { useMedia } from './useMedia';

type Props = {
  intent: Intent;
  onEnter: (seat: Seat, open: OpenTracks) => void;
  onStop: (stop: Stop, code?: string) => void;
  onBack: () => void;
};

/** Before the call: how one looks and sounds, by which name one comes, and the password if there is one. */
export function PreviewScreen({ intent, onEnter, onStop, onBack }: Props) {
  const words = useWords();
  const info = useInfo(intent, onStop);
  const audioOnly = intent.kind === 'new' ? intent.call.audioOnly === true : (info?.audioOnly ?? false);
  const watches = intent.kind === 'join' && info?.broadcast === true;
  const isKnown = intent.kind === 'new' || info !== undefined;
  const microphone = useMedia('microphone', !watches && isKnown);
  const camera = useMedia('camera', !audioOnly && !watches && isKnown);
  const devices = useDevices(`${microphone.track?.id} ${camera.track?.id}`);
  const [name, setName] = useState(readSetting('name') ?? '');
  const [password, setPassword] = useState('');
  const [nameMissing, setNameMissing] = useState(false);
  const code = intent.kind === 'join' ? intent.code : undefined;

  const { progress, go, cancel } = useJoining(
    intent,
    info?.title ?? '',
    (got) => {
      const open = { audio: microphone.keep(), video: camera.keep() };
      const { token, identity, role } = got;
      const seat = { code: got.code, title: got.title, token, identity, role };
      const on = {
        microphone: microphone.on && !watches && !microphone.trouble,
        camera: camera.on && !audioOnly && !watches && !camera.trouble,
      };
      onEnter({ ...seat, name: cleanName(name), audioOnly, ...on }, open);
    },
    (stop) => onStop(stop, code),
  );

  const submit = () => {
    const clean = cleanName(name);
    setNameMissing(clean === '');
    if (clean === '') return;
    writeSetting('name', clean);
    void go(clean, password);
  };

  if (progress.state === 'waiting') return <Waiting title={info?.title ?? ''} onCancel={cancel} />;
  const busy = progress.state === 'busy';
  return (
    <form
      className={watches ? 'preview watching' : 'preview'}
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {!watches && (
        <div className="preview-picture">
          <Picture track={camera.on ? camera.track : undefined} off={!camera.on || audioOnly} />
          <div className="preview-switches">
            <RoundButton
              icon={microphone.on ? 'mic' : 'micOff'}
              kind={microphone.on ? 'plain' : 'off'}
              label={microphone.on ? words.turnMicOff : words.turnMicOn}
              onClick={() => microphone.turn(!microphone.on)}
            />
            {!audioOnly && (
              <RoundButton
                icon={camera.on ? 'cam' : 'camOff'}
                kind={camera.on ? 'plain' : 'off'}
                label={camera.on ? words.turnCamOff : words.turnCamOn}
                onClick={() => camera.turn(!camera.on)}
              />
            )}
          </div>
          <LevelMeter track={microphone.on ? microphone.track : undefined} />
        </div>
      )}
      <div className="card preview-form">
        <h1>{info?.title || (intent.kind === 'new' ? words.readyNew : words.ready)}</h1>
        {info && <p className="hint">{words.peopleIn(info.participants)}</p>}
        {watches && <p className="hint">{words.watchHint}</p>}
        <DeviceTroubles
          troubles={[
            { what: 'microphone', trouble: microphone.trouble, retry: microphone.retry },
            { what: 'camera', trouble: camera.trouble, retry: camera.retry },
          ]}
        />
        <label className="field">
          {words.yourName}
          <input
            name="name"
            value={name}
            maxLength={64}
            autoComplete="nickname"
            autoFocus
            aria-invalid={nameMissing}
            aria-describedby={nameMissing ? 'name-missing' : undefined}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {nameMissing && (
          <p id="name-missing" className="hint error" role="alert">
            {words.nameNeeded}
          </p>
        )}
        {info?.passwordNeeded && (
          <label className="field">
            {words.password}
            <input
              name="password"
              type="password"
              autoComplete="off"
              value={password}
              maxLength={128}
              placeholder={words.passwordNeeded}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
        )}
        {!watches && (
          <DeviceSelect
            label={words.microphone}
            kind="audioinput"
            devices={devices}
            chosen={microphone.device}
            onChoose={microphone.choose}
          />
        )}
        {!audioOnly && !watches && (
          <DeviceSelect
            label={words.camera}
            kind="videoinput"
            devices={devices}
            chosen={camera.device}
            onChoose={camera.choose}
          />
        )}
        <Problem progress={progress} />
        <div className="actions">
          <button type="submit" className="primary big" disabled={busy || (intent.kind === 'join' && !info)}>
            {busy ? words.joining : intent.kind === 'new' ? words.startNow : words.joinNow}
          </button>
          <button type="button" className="big" onClick={onBack}>
            {words.back}
          </button>
        </div>
      </div>
    </form>
  );
}

function useInfo(intent: Intent, onStop: Props['onStop']): CallInfo | undefined {
  const [info, setInfo] = useState<CallInfo>();
  const code = intent.kind === 'join' ? intent.code : undefined;
  useEffect(() => {
    if (!code) return;
    let over = false;
    let timer = 0;
    const look = () =>
      calls.look(code).then(
        (found) => !over && setInfo(found),
        (failed: unknown) => {
          const stop = failed instanceof CallError ? stopOf(failed.code) : undefined;
          if (over) return;
          if (stop) onStop(stop, code);
          else timer = window.setTimeout(look, 2000);
        },
      );
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [code, onStop]);
  return info;
}

function Picture({ track, off }: { track: MediaStreamTrack | undefined; off: boolean }) {
  const words = useWords();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null;
  }, [track]);
  return (
    <>
      <video
        ref={video}
        className="mirrored"
        autoPlay
        playsInline
        muted
        aria-label={words.camera}
        hidden={!track}
      />
      {!track && (
        <p className="preview-empty">
          <Icon name={off ? 'camOff' : 'cam'} />
          {off ? words.camOff : words.starting}
        </p>
      )}
    </>
  );
}

function Problem({ progress }: { progress: Progress }) {
  const words = useWords();
  if (progress.state !== 'wrong') return null;
  return (
    <p className="hint error" role="alert">
      {problemText(progress.error, words)}
    </p>
  );
}

function Waiting({ title, onCancel }: { title: string; onCancel: () => void }) {
  const words = useWords();
  return (
    <section className="card stop" data-stop="waiting" role="status">
      <span className="waiting-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <h1>{words.waitingTitle}</h1>
      {title && <p>{title}</p>}
      <p>{words.waitingText}</p>
      <button type="button" onClick={onCancel}>
        {words.cancel}
      </button>
    </section>
  );
}
