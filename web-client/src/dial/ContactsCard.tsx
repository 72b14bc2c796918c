import { useState } from 'react';
import type { Reach } from '../api/dial';
import { numberOf, type Contact } from '../pure/contacts';
import { cleanName } from '../pure/names';
import { writeSetting } from '../store/settings';
import { RoundButton, Switch } from '../ui/controls';
import { Icon } from '../ui/icons';
import { useLanguage, useWords } from '../words/language';
import { problemText } from '../words/problems';
import type { Words } from '../words/words';
import type { Dialer } from './dialer';

/** Who can be called by one click, and whether one can be called. */
export function ContactsCard({ dialer }: { dialer: Dialer }) {
  const words = useWords();
  const [name, setName] = useState(dialer.name);
  const called = (typed: string) => {
    setName(typed);
    writeSetting('name', cleanName(typed));
  };
  return (
    <section className="card contacts" aria-labelledby="contacts">
      <h2 id="contacts">{words.contacts}</h2>
      <label className="field">
        {words.yourName}
        <input
          name="own-name"
          value={name}
          maxLength={64}
          autoComplete="nickname"
          onChange={(event) => called(event.target.value)}
          onBlur={() => dialer.restart()}
        />
      </label>
      <Switch
        label={words.reachable}
        hint={words.reachableHint}
        checked={dialer.reachable}
        onChange={(on) => dialer.setReachable(on)}
      />
      {dialer.reachable && <OwnNumber dialer={dialer} />}
      <MissedCalls dialer={dialer} />
      {dialer.contacts.length > 0 && (
        <ul>
          {dialer.contacts.map((contact) => (
            <Person key={contact.number} contact={contact} dialer={dialer} canCall={cleanName(name) !== ''} />
          ))}
        </ul>
      )}
      <AddForm onAdd={(contact) => dialer.add(contact)} />
    </section>
  );
}

function OwnNumber({ dialer: { number, name, failed } }: { dialer: Dialer }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  if (!name) return <p className="hint">{words.nameNeeded}</p>;
  const problem = failed !== undefined && (
    <p className="hint" role="status">
      {problemText(failed, words)}
    </p>
  );
  if (!number) return problem;
  const copy = () =>
    navigator.clipboard?.writeText(number).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <>
      <p className="own-number">
        <span>{words.yourNumber}</span>
        <strong>{number}</strong>
        <button type="button" onClick={() => void copy()}>
          <Icon name={copied ? 'check' : 'link'} />
          <span aria-live="polite">{copied ? words.copied : words.copy}</span>
        </button>
      </p>
      {problem}
    </>
  );
}

function MissedCalls({ dialer }: { dialer: Dialer }) {
  const { words, language } = useLanguage();
  if (dialer.missed.length === 0) return null;
  return (
    <div className="missed" role="status">
      <strong>{words.missedCalls}</strong>
      <ul>
        {dialer.missed.map((one) => (
          <li key={one.id}>
            <bdi className="grow">{dialer.nameOf(one.number, one.name)}</bdi>
            <time>
              {new Date(one.at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' })}
            </time>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => dialer.dismissMissed()}>
        {words.close}
      </button>
    </div>
  );
}

type PersonProps = { contact: Contact; dialer: Dialer; canCall: boolean };

function Person({ contact, dialer, canCall }: PersonProps) {
  const words = useWords();
  const { number, name, instant } = contact;
  const state = dialer.reachable ? dialer.stateOf(number) : undefined;
  return (
    <li>
      <span className={`dot ${state ?? 'absent'}`} aria-hidden="true" />
      <span className="grow">
        <bdi>{name}</bdi>
        <small>{state ? stateText(state, words) : number}</small>
      </span>
      <label className="instant" title={words.instantHint}>
        <input
          type="checkbox"
          checked={instant}
          onChange={(event) => dialer.add({ ...contact, instant: event.target.checked })}
        />
        {words.instant}
      </label>
      <RoundButton
        icon="mic"
        className="small"
        label={words.callAudio(name)}
        disabled={!canCall}
        onClick={() => void dialer.call(contact, true)}
      />
      <RoundButton
        icon="cam"
        className="small"
        label={words.callVideo(name)}
        disabled={!canCall}
        onClick={() => void dialer.call(contact, false)}
      />
      <RoundButton
        icon="close"
        className="small"
        label={words.removeContact(name)}
        onClick={() => dialer.remove(number)}
      />
    </li>
  );
}

function stateText(state: Reach, words: Words): string {
  return { free: words.contactFree, busy: words.contactBusy, absent: words.contactAbsent }[state];
}

function AddForm({ onAdd }: { onAdd: (contact: Contact) => void }) {
  const words = useWords();
  const [name, setName] = useState('');
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  return (
    <details>
      <summary>{words.addContact}</summary>
      <form
        className="options"
        autoComplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const number = numberOf(typed);
          const clean = cleanName(name);
          setWrong(!number || clean === '');
          if (!number || clean === '') return;
          onAdd({ number, name: clean, instant: false });
          setName('');
          setTyped('');
        }}
      >
        <label className="field">
          {words.contactName}
          <input
            name="contact-name"
            value={name}
            maxLength={64}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="field">
          {words.contactNumber}
          <input
            name="contact-number"
            value={typed}
            maxLength={20}
            autoCapitalize="none"
            spellCheck={false}
            placeholder="abcd-efgh-jkmn"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        {wrong && (
          <p className="hint error" role="alert">
            {words.contactWrong}
          </p>
        )}
        <button type="submit">{words.addContact}</button>
      </form>
    </details>
  );
}
