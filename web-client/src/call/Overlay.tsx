import { useWords } from '../words/language';
import { useCall } from './useCall';

/** What happens while there is no connection. */
export function Overlay() {
  const words = useWords();
  const { connection } = useCall();
  if (connection === 'connected') return null;
  const texts = {
    joining: [words.joining, ''],
    reconnecting: [words.reconnecting, words.reconnectingText],
    offline: [words.offline, words.offlineText],
  }[connection];
  return (
    <div className="overlay" role="status" data-overlay={connection}>
      <div className="overlay-box">
        <span className="waiting-dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        <strong>{texts[0]}</strong>
        {texts[1] && <span>{texts[1]}</span>}
      </div>
    </div>
  );
}
