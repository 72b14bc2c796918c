import { useCallback, useEffect, useState } from 'react';
import { CallError, calls, type Admission } from '../api/calls';
import { stopOf } from '../api/stops';
import type { Stop } from '../states/StopScreen';
import { deviceKey } from '../store/settings';
import type { Seat } from '../store/seat';
import '../style/call.css';
import '../style/panels.css';
import { DeviceTroubles } from '../ui/DeviceTroubles';
import { useWords } from '../words/language';
import { ChatPanel } from './ChatPanel';
import { ControlBar } from './ControlBar';
import { DebugPane } from './DebugPane';
import { Dialogs, type DialogName } from './Dialogs';
import { useLobby } from './lobby';
import { NoticeList } from './NoticeList';
import { Overlay } from './Overlay';
import { PeoplePanel } from './PeoplePanel';
import type { OpenTracks } from './publishing';
import { CallSession } from './session';
import { Sounds } from './Sounds';
import { Stage } from './Stage';
import { TopBar } from './TopBar';
import { SessionProvider, useCall } from './useCall';

export type Panel = 'chat' | 'people' | 'debug' | undefined;
export type View = 'grid' | 'speaker';

type Props = { seat: Seat; open: OpenTracks; onStop: (stop: Stop, code?: string) => void };

/** Takes the seat, shows the call, and says how it ended. */
export default function CallScreen({ seat, open, onStop }: Props) {
  const [session] = useState(() => {
    let refusal: Stop = 'refused';
    const renew = async (): Promise<Admission> => {
      try {
        const answer = await calls.join(seat.code, { name: seat.name, device: deviceKey() });
        if ('ticket' in answer) throw new CallError('refused', 403, 0);
        return answer;
      } catch (failed) {
        const stop = failed instanceof CallError ? stopOf(failed.code) : undefined;
        // There was such a call a moment ago.
        refusal = stop === 'wrongCode' ? 'ended' : (stop ?? 'refused');
        throw failed;
      }
    };
    const call = new CallSession({ ...seat }, open, renew);
    // Once: LiveKit's client says a thing or two after the end, when the next screen may be long there.
    const unsubscribe = call.subscribe(() => {
      if (!call.ending) return;
      unsubscribe();
      // Who went elsewhere by the browser's own buttons is there already.
      if (!call.gone) onStop(call.ending === 'refused' ? refusal : call.ending, seat.code);
    });
    return call;
  });
  useEffect(() => {
    void session.connect();
    return () => {
      session.gone = true;
      void session.leave();
    };
  }, [session]);
  return (
    <SessionProvider value={session}>
      <Call />
    </SessionProvider>
  );
}

function Call() {
  const words = useWords();
  const call = useCall();
  const [panel, setPanel] = useState<Panel>();
  const [view, setView] = useState<View>('grid');
  const [dialog, setDialog] = useState<DialogName>();
  const [seen, setSeen] = useState(call.talk.chat.lines.length);
  const [pinned, setPinned] = useState<string>();
  const lobby = useLobby(call);
  const lines = call.talk.chat.lines.length;
  useEffect(() => {
    if (panel === 'chat') setSeen(lines);
  }, [panel, lines]);
  useShortcuts(call);
  const toggle = useCallback((name: Panel) => setPanel((shown) => (shown === name ? undefined : name)), []);
  const unread = call.talk.chat.lines.slice(seen).filter((line) => !line.mine).length;
  return (
    <div
      className={`call ${panel ? 'with-panel' : ''}`}
      data-connection={call.connection}
      data-way={call.direct.running.length > 0 ? 'direct' : 'server'}
    >
      <TopBar view={view} onView={setView} onInvite={() => setDialog('invite')} />
      <main className="call-main">
        <h1 className="unseen">{call.state.title || words.inCall}</h1>
        <Stage view={view} pinned={pinned} onPin={setPinned} onInvite={() => setDialog('invite')} />
        <div className="banners">
          <DeviceTroubles
            troubles={(['microphone', 'camera'] as const).map((what) => ({
              what,
              trouble: call.media.trouble[what],
              retry: () => void call.media.turn(what, true),
            }))}
          />
          {!call.room.canPlaybackAudio && (
            <div className="trouble" role="alert" data-trouble="autoplay">
              <p>{words.playSound}</p>
              <button type="button" className="primary" onClick={() => void call.room.startAudio()}>
                {words.playSoundButton}
              </button>
            </div>
          )}
          {call.room.localParticipant.isScreenShareEnabled && (
            <div className="banner sharing">
              <span className="grow">{words.yourScreen}</span>
              <button type="button" onClick={() => void call.media.share(false)}>
                {words.stopSharing}
              </button>
            </div>
          )}
          {call.role === 'viewer' && <p className="banner">{words.viewerNote}</p>}
        </div>
        <NoticeList lobby={lobby.waiting} onLobby={() => setPanel('people')} />
        <Overlay />
      </main>
      {panel === 'chat' && <ChatPanel onClose={() => setPanel(undefined)} />}
      {panel === 'people' && <PeoplePanel lobby={lobby} onClose={() => setPanel(undefined)} />}
      {panel === 'debug' && <DebugPane onClose={() => setPanel(undefined)} />}
      <ControlBar
        panel={panel}
        unread={panel === 'chat' ? 0 : unread}
        waiting={lobby.waiting.length}
        onPanel={toggle}
        onDialog={setDialog}
      />
      <Sounds />
      <Dialogs shown={dialog} onClose={() => setDialog(undefined)} />
    </div>
  );
}

/** Control or Command with D for the microphone, with E for the camera, as in other calls. */
function useShortcuts(call: CallSession) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || call.role === 'viewer')
        return;
      const what = event.key === 'd' ? 'microphone' : event.key === 'e' ? 'camera' : undefined;
      if (!what || (what === 'camera' && call.seat.audioOnly)) return;
      event.preventDefault();
      void call.media.turn(what, !call.seat[what]);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [call]);
}
