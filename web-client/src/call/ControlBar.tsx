import { useCallback, useState } from 'react';
import { Popover, RoundButton } from '../ui/controls';
import { useWords } from '../words/language';
import type { Panel } from './CallScreen';
import type { DialogName } from './Dialogs';
import { note } from './log';
import { REACTIONS } from './messages';
import { useCall } from './useCall';

type Props = {
  panel: Panel;
  unread: number;
  waiting: number;
  onPanel: (panel: Panel) => void;
  onDialog: (dialog: DialogName) => void;
};

/** What one can do in the call, along its lower edge. */
export function ControlBar({ panel, unread, waiting, onPanel, onDialog }: Props) {
  const words = useWords();
  const call = useCall();
  const self = call.room.localParticipant;
  const leave = () => {
    if (call.role === 'host' && call.room.remoteParticipants.size > 0) onDialog('leave');
    else void call.leave();
  };
  return (
    <footer className="control-bar" aria-label={words.inCall}>
      {call.role !== 'viewer' && (
        <>
          <MicAndCam />
          {!call.seat.audioOnly && 'getDisplayMedia' in (navigator.mediaDevices ?? {}) && (
            <RoundButton
              icon="screen"
              className="wide-only"
              kind={self.isScreenShareEnabled ? 'on' : 'plain'}
              pressed={self.isScreenShareEnabled}
              label={self.isScreenShareEnabled ? words.stopSharing : words.shareScreen}
              onClick={() => void call.media.share(!self.isScreenShareEnabled)}
            />
          )}
        </>
      )}
      <RoundButton
        icon="hand"
        kind={call.talk.handUp ? 'on' : 'plain'}
        pressed={call.talk.handUp}
        label={call.talk.handUp ? words.lowerHand : words.raiseHand}
        onClick={() => call.talk.raise(!call.talk.handUp)}
      />
      <ReactionMenu />
      <span className="bar-gap" />
      <RoundButton
        icon="chat"
        kind={panel === 'chat' ? 'on' : 'plain'}
        expanded={panel === 'chat'}
        label={words.chat}
        badge={unread}
        onClick={() => onPanel('chat')}
      />
      <RoundButton
        icon="people"
        kind={panel === 'people' ? 'on' : 'plain'}
        expanded={panel === 'people'}
        label={words.people}
        badge={waiting}
        onClick={() => onPanel('people')}
      />
      <MoreMenu onPanel={onPanel} onDialog={onDialog} />
      <RoundButton icon="leave" kind="danger" label={words.leave} onClick={leave} />
    </footer>
  );
}

function MicAndCam() {
  const words = useWords();
  const call = useCall();
  const { microphone, camera, audioOnly } = call.seat;
  return (
    <>
      <RoundButton
        icon={microphone ? 'mic' : 'micOff'}
        kind={microphone ? 'plain' : 'off'}
        label={microphone ? words.turnMicOff : words.turnMicOn}
        onClick={() => void call.media.turn('microphone', !microphone)}
      />
      {!audioOnly && (
        <RoundButton
          icon={camera ? 'cam' : 'camOff'}
          kind={camera ? 'plain' : 'off'}
          label={camera ? words.turnCamOff : words.turnCamOn}
          onClick={() => void call.media.turn('camera', !camera)}
        />
      )}
    </>
  );
}

function ReactionMenu() {
  const words = useWords();
  const call = useCall();
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <span className="anchor">
      <RoundButton icon="smile" label={words.react} expanded={open} onClick={() => setOpen(!open)} />
      <Popover open={open} onClose={close} className="reactions">
        {REACTIONS.map((sign) => (
          <button
            key={sign}
            type="button"
            onClick={() => {
              call.talk.react(sign);
              close();
            }}
          >
            {sign}
          </button>
        ))}
      </Popover>
    </span>
  );
}

function MoreMenu({ onPanel, onDialog }: Pick<Props, 'onPanel' | 'onDialog'>) {
  const words = useWords();
  const call = useCall();
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const { locked } = call.state;
  const item = (text: string, act: () => void) => (
    <button
      type="button"
      onClick={() => {
        close();
        act();
      }}
    >
      {text}
    </button>
  );
  return (
    <span className="anchor">
      <RoundButton icon="more" label={words.more} expanded={open} onClick={() => setOpen(!open)} />
      <Popover open={open} onClose={close} className="menu">
        {item(words.invite, () => onDialog('invite'))}
        {item(words.settings, () => onDialog('devices'))}
        {call.role === 'host' && item(words.callSettings, () => onDialog('call'))}
        {call.role === 'host' &&
          item(locked ? words.unlock : words.lock, () => {
            call.moderation.change({ locked: !locked }).catch((failed) => note('lock', failed));
          })}
        {item(words.debug, () => onPanel('debug'))}
      </Popover>
    </span>
  );
}
