import { useEffect, useId, useRef, type ReactNode } from 'react';
import { RoundButton } from '../ui/controls';
import { useWords } from '../words/language';

type Props = { title: string; onClose: () => void; children: ReactNode; className?: string };

/** What stands beside the pictures, or over them on a phone. */
export function PanelFrame({ title, onClose, children, className = '' }: Props) {
  const words = useWords();
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.focus();
  }, []);
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      className={`panel ${className}`}
      aria-labelledby={id}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <RoundButton icon="close" label={words.close} onClick={onClose} className="small" />
      </header>
      {children}
    </aside>
  );
}
