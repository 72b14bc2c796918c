import { useState } from 'react';
import { encode } from 'uqr';
import { linkOf } from '../pure/code';
import { readSetting, writeSetting } from '../store/settings';
import { Dialog } from '../ui/controls';
import { DeviceSelect } from '../ui/DeviceSelect';
import { Icon } from '../ui/icons';
import { useDevices } from '../ui/useDevices';
import { useWords } from '../words/language';
import { problemText } from '../words/problems';
import { CallSettings } from './CallSettings';
import { note } from './log';
import { useCall } from './useCall';

export type DialogName = 'invite' | 'devices' | 'call' | 'leave' | undefined;

export function Dialogs({ shown, onClose }: { shown: DialogName; onClose: () => void }) {
  const words = useWords();
  const { role } = useCall();
  switch (shown) {
    case undefined:
      return null;
    case 'invite':
      return (
        <Dialog title={words.invite} onClose={onClose}>
          <Invite />
        </Dialog>
      );
    case 'devices':
      return (
        <Dialog title={words.settings} onClose={onClose}>
          <Devices />
        </Dialog>
      );
    case 'call':
      if (role !== 'host') return null;
      return (
        <Dialog title={words.callSettings} onClose={onClose}>
          <CallSettings />
        </Dialog>
      );
    case 'leave':
      return (
        <Dialog title={words.leaveQuestion} onClose={onClose}>
          <Leave />
        </Dialog>
      );
  }
}

function Invite() {
  const words = useWords();
  const { seat } = useCall();
  const [copied, setCopied] = useState(false);
  const link = linkOf(seat.code, location.origin);
  const copy = () =>
    navigator.clipboard?.writeText(link).then(
      () => setCopied(true),
      (refused) => note('not copied', refused),
    );
  return (
    <div className="invite">
      <p>{words.inviteText}</p>
      <p className="invite-code">{seat.code}</p>
      <label className="field">
        <span className="unseen">{words.copyLink}</span>
        <input readOnly value={link} onFocus={(event) => event.target.select()} />
      </label>
      <button type="button" className="primary" onClick={() => void copy()}>
        <Icon name={copied ? 'check' : 'link'} />
        <span aria-live="polite">{copied ? words.copied : words.copyLink}</span>
      </button>
      <QrCode text={link} label={words.qrCode} />
    </div>
  );
}

/** The quiet zone of four modules is part of the code: scanners need it. */
const QUIET_MODULES = 4;

function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_MODULES });
  let path = '';
  data.forEach((row, y) => row.forEach((dark, x) => (path += dark ? `M${x} ${y}h1v1h-1z` : '')));
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function Devices() {
  const words = useWords();
  const call = useCall();
  const devices = useDevices(call.connection);
  const [chosen, setChosen] = useState({
    microphone: readSetting('microphone') ?? '',
    camera: readSetting('camera') ?? '',
    speaker: readSetting('speaker') ?? '',
  });
  const choose = (what: keyof typeof chosen, kind: MediaDeviceKind) => (device: string) => {
    writeSetting(what, device);
    setChosen({ ...chosen, [what]: device });
    call.room.switchActiveDevice(kind, device || 'default').catch((failed) => note('not switched', failed));
  };
  const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;
  return (
    <>
      <DeviceSelect
        label={words.microphone}
        kind="audioinput"
        devices={devices}
        chosen={chosen.microphone}
        onChoose={choose('microphone', 'audioinput')}
      />
      {!call.seat.audioOnly && (
        <DeviceSelect
          label={words.camera}
          kind="videoinput"
          devices={devices}
          chosen={chosen.camera}
          onChoose={choose('camera', 'videoinput')}
        />
      )}
      {canChooseSpeaker && (
        <DeviceSelect
          label={words.speaker}
          kind="audiooutput"
          devices={devices}
          chosen={chosen.speaker}
          onChoose={choose('speaker', 'audiooutput')}
        />
      )}
    </>
  );
}

function Leave() {
  const words = useWords();
  const call = useCall();
  const [failed, setFailed] = useState<unknown>();
  const end = () => {
    setFailed(undefined);
    call.moderation.end().catch((refused) => {
      note('not ended', refused);
      setFailed(refused);
    });
  };
  return (
    <>
      <p>{words.leaveHostText}</p>
      {failed !== undefined && (
        <p className="hint error" role="alert">
          {problemText(failed, words)}
        </p>
      )}
      <div className="actions">
        <button type="button" className="primary" onClick={() => void call.leave()}>
          {words.leave}
        </button>
        <button type="button" className="danger" onClick={end}>
          {words.endForAll}
        </button>
      </div>
    </>
  );
}
