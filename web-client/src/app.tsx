import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import type { NewCall } from './api/calls';
import { codeOfPath } from './pure/code';
import type { OpenTracks } from './call/publishing';
import { RingDialogs } from './dial/RingDialogs';
import { useDialer } from './dial/useDialer';
import { PreviewScreen } from './preview/PreviewScreen';
import { StartScreen } from './start/StartScreen';
import { StopScreen, type Stop } from './states/StopScreen';
import { keptSeat, type Seat } from './store/seat';
import { Header } from './ui/Header';
import { useWords } from './words/language';

const CallScreen = lazy(() => import('./call/CallScreen'));
const HistoryScreen = lazy(() => import('./history/HistoryScreen'));

/** What somebody who looks at the preview is about to do. */
export type Intent = { kind: 'new'; call: NewCall } | { kind: 'join'; code: string };

type Screen =
  | { at: 'start' }
  | { at: 'history' }
  | { at: 'preview'; intent: Intent }
  | { at: 'call'; seat: Seat; open: OpenTracks }
  | { at: 'stop'; stop: Stop; code?: string };

function screenOfAddress(): Screen {
  const path = location.pathname;
  if (path === '/history') return { at: 'history' };
  if (!path.startsWith('/c/')) return { at: 'start' };
  const code = codeOfPath(path);
  if (!code) return { at: 'stop', stop: 'wrongCode' };
  const seat = keptSeat(code);
  return seat ? { at: 'call', seat, open: {} } : { at: 'preview', intent: { kind: 'join', code } };
}

function canCall(): boolean {
  return 'RTCPeerConnection' in window && 'WebSocket' in window;
}

export function App() {
  const [screen, setScreen] = useState<Screen>(() =>
    canCall() ? screenOfAddress() : { at: 'stop', stop: 'unsupported' },
  );
  const words = useWords();

  useEffect(() => {
    const moved = () => setScreen(screenOfAddress());
    window.addEventListener('popstate', moved);
    return () => window.removeEventListener('popstate', moved);
  }, []);

  useEffect(() => {
    const title = screen.at === 'call' ? screen.seat.title || screen.seat.code : words.tagline;
    document.title = `${title} · Sluice`;
  }, [screen, words]);

  const home = useCallback(() => {
    history.pushState(null, '', '/');
    setScreen({ at: 'start' });
  }, []);

  const preview = useCallback((intent: Intent) => {
    const address = intent.kind === 'join' ? `/c/${intent.code}` : '/';
    if (location.pathname !== address) history.pushState(null, '', address);
    setScreen({ at: 'preview', intent });
  }, []);

  const enter = useCallback((seat: Seat, open: OpenTracks) => {
    history.replaceState(null, '', `/c/${seat.code}`);
    setScreen({ at: 'call', seat, open });
  }, []);

  const answered = useCallback((seat: Seat) => enter(seat, {}), [enter]);
  const dialer = useDialer(screen.at === 'call', answered);

  const stop = useCallback((why: Stop, code?: string) => {
    setScreen(code ? { at: 'stop', stop: why, code } : { at: 'stop', stop: why });
  }, []);

  if (screen.at === 'call') {
    return (
      <Suspense fallback={<p className="loading">{words.joining}</p>}>
        <CallScreen
          key={screen.seat.identity + screen.seat.code}
          seat={screen.seat}
          open={screen.open}
          onStop={stop}
        />
      </Suspense>
    );
  }
  return (
    <div className="page">
      <a className="skip" href="#main">
        {words.skipToContent}
      </a>
      <Header onHome={home} />
      <main id="main" tabIndex={-1}>
        {screen.at === 'history' && (
          <Suspense fallback={<p className="loading">{words.joining}</p>}>
            <HistoryScreen />
          </Suspense>
        )}
        {screen.at === 'start' && <StartScreen dialer={dialer} onGo={preview} />}
        {screen.at === 'preview' && (
          <PreviewScreen
            key={screen.intent.kind === 'join' ? screen.intent.code : 'new'}
            intent={screen.intent}
            onEnter={enter}
            onStop={stop}
            onBack={home}
          />
        )}
        {screen.at === 'stop' && (
          <StopScreen
            stop={screen.stop}
            onHome={home}
            onAgain={screen.code ? () => preview({ kind: 'join', code: screen.code ?? '' }) : undefined}
          />
        )}
      </main>
      <RingDialogs dialer={dialer} />
    </div>
  );
}
