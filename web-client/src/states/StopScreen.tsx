import { useEffect, useRef } from 'react';
import { Icon, type IconName } from '../ui/icons';
import { useWords } from '../words/language';
import type { Words } from '../words/words';

export type Stop =
  | 'removed'
  | 'blocked'
  | 'ended'
  | 'left'
  | 'full'
  | 'locked'
  | 'wrongCode'
  | 'refused'
  | 'elsewhere'
  | 'unreachable'
  | 'unsupported';

type Face = { icon: IconName; title: keyof Words; text: keyof Words; again: boolean };

const FACES: Record<Stop, Face> = {
  removed: { icon: 'leave', title: 'stopRemoved', text: 'stopRemovedText', again: true },
  blocked: { icon: 'close', title: 'stopBlocked', text: 'stopBlockedText', again: false },
  ended: { icon: 'leave', title: 'stopEnded', text: 'stopEndedText', again: false },
  left: { icon: 'leave', title: 'stopLeft', text: 'stopLeftText', again: true },
  full: { icon: 'people', title: 'stopFull', text: 'stopFullText', again: true },
  locked: { icon: 'lock', title: 'stopLocked', text: 'stopLockedText', again: true },
  wrongCode: { icon: 'link', title: 'stopWrongCode', text: 'stopWrongCodeText', again: false },
  refused: { icon: 'people', title: 'stopRefused', text: 'stopRefusedText', again: true },
  elsewhere: { icon: 'screen', title: 'stopElsewhere', text: 'stopElsewhereText', again: true },
  unreachable: { icon: 'chart', title: 'stopUnreachable', text: 'stopUnreachableText', again: true },
  unsupported: { icon: 'cam', title: 'stopUnsupported', text: 'stopUnsupportedText', again: false },
};

type Props = { stop: Stop; onHome: () => void; onAgain: (() => void) | undefined };

/** Why there is no call (any more), and what can be done. */
export function StopScreen({ stop, onHome, onAgain }: Props) {
  const words = useWords();
  const face = FACES[stop];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, [stop]);
  return (
    <section className="card stop" data-stop={stop}>
      <span className="stop-icon">
        <Icon name={face.icon} />
      </span>
      <h1 ref={heading} tabIndex={-1}>
        {words[face.title] as string}
      </h1>
      <p>{words[face.text] as string}</p>
      <div className="actions">
        {face.again && onAgain && (
          <button type="button" className="primary" onClick={onAgain}>
            {words.joinAgain}
          </button>
        )}
        <button type="button" onClick={onHome}>
          {words.toStart}
        </button>
      </div>
    </section>
  );
}
