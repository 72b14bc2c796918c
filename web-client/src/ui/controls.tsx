import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useWords } from '../words/language';
import { Icon, type IconName } from './icons';

type RoundProps = {
  icon: IconName;
  label: string;
  onClick: () => void;
  /** Whether it is a switch, and stands on. */
  pressed?: boolean;
  kind?: 'plain' | 'off' | 'danger' | 'on';
  badge?: number;
  disabled?: boolean;
  expanded?: boolean;
  className?: string;
};

/** A button of the call: an icon, whose label is read out and shown on hovering. */
export function RoundButton(props: RoundProps) {
  const { icon, label, onClick, pressed, kind = 'plain', badge = 0, disabled = false, expanded } = props;
  return (
    <button
      type="button"
      className={`round ${kind} ${props.className ?? ''}`}
      aria-label={badge > 0 ? `${label} (${badge})` : label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
      {badge > 0 && (
        <span className="badge" aria-hidden="true">
          {badge > 99 ? '99+' : badge}
        </span>
      )}
    </button>
  );
}

type SwitchProps = { label: string; hint?: string; checked: boolean; onChange: (checked: boolean) => void };

export function Switch({ label, hint, checked, onChange }: SwitchProps) {
  const id = useId();
  return (
    <label className="switch">
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        aria-describedby={hint ? id : undefined}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="switch-track" aria-hidden="true" />
      <span className="switch-text">
        {label}
        {hint && (
          <small id={id} aria-hidden="true">
            {hint}
          </small>
        )}
      </span>
    </label>
  );
}

/** A dialog of the browser: it keeps the focus inside, and Escape closes it. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const words = useWords();
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="dialog">
        <header>
          <h2 id={id}>{title}</h2>
          <RoundButton icon="close" label={words.close} onClick={onClose} className="small" />
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** A menu that opens beside its button and closes by choosing, by Escape or by a click elsewhere. */
export function Popover(props: {
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  className?: string;
}) {
  const { open, onClose, children, className = '' } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>('button, select, a')?.focus();
    const elsewhere = (event: Event) => {
      if (!box.current?.parentElement?.contains(event.target as Node)) onClose();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      onClose();
      box.current?.parentElement?.querySelector<HTMLElement>('button')?.focus();
    };
    document.addEventListener('pointerdown', elsewhere);
    document.addEventListener('keydown', key);
    return () => {
      document.removeEventListener('pointerdown', elsewhere);
      document.removeEventListener('keydown', key);
    };
  }, [open, onClose]);
  if (!open) return null;
  return (
    <div ref={box} className={`popover ${className}`}>
      {children}
    </div>
  );
}
