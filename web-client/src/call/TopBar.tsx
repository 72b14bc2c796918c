import { RoundButton } from '../ui/controls';
import { Icon, Mark } from '../ui/icons';
import { useWords } from '../words/language';
import type { View } from './CallScreen';
import { viewersIn } from './tiles';
import { useCall } from './useCall';

type Props = { view: View; onView: (view: View) => void; onInvite: () => void };

export function TopBar({ view, onView, onInvite }: Props) {
  const words = useWords();
  const call = useCall();
  const { title, locked, broadcast } = call.state;
  const watching = words.watching(viewersIn(call.room));
  return (
    <header className="top-bar">
      <span className="brand">
        <Mark />
      </span>
      <span className="top-title">{title || 'Sluice'}</span>
      {locked && (
        <span className="chip" title={words.locked}>
          <Icon name="lock" />
          <span className="unseen">{words.locked}</span>
        </span>
      )}
      {broadcast && (
        <span className="chip live">
          <Icon name="people" />
          {watching}
        </span>
      )}
      <button
        type="button"
        className="chip code"
        title={words.invite}
        aria-label={`${words.invite}: ${call.seat.code}`}
        onClick={onInvite}
      >
        <Icon name="link" />
        {call.seat.code}
      </button>
      <span className="grow" />
      <RoundButton
        icon={view === 'grid' ? 'speaker' : 'grid'}
        label={view === 'grid' ? words.speakerView : words.gridView}
        className="small"
        onClick={() => onView(view === 'grid' ? 'speaker' : 'grid')}
      />
    </header>
  );
}
