import { useEffect, useState } from 'react';
import type { BlockedPerson } from '../api/calls';
import { Switch } from '../ui/controls';
import { useWords } from '../words/language';
import { problemText } from '../words/problems';
import { note } from './log';
import { useCall } from './useCall';

const MAX_TITLE_CHARS = 100;
const MAX_PASSWORD_CHARS = 128;

/** What the host may change while the call goes on: its name, who comes in, and who is blocked. */
export function CallSettings() {
  const words = useWords();
  const call = useCall();
  const { title, locked, lobby, passwordNeeded, keepChat } = call.state;
  const [failed, setFailed] = useState<unknown>();
  const change = async (wish: Parameters<typeof call.moderation.change>[0]): Promise<boolean> => {
    setFailed(undefined);
    try {
      await call.moderation.change(wish);
      return true;
    } catch (refused) {
      note('call not changed', refused);
      setFailed(refused);
      return false;
    }
  };
  return (
    <div className="options">
      {failed !== undefined && (
        <p className="hint error" role="alert">
          {problemText(failed, words)}
        </p>
      )}
      <TextSetting
        key={`title ${title}`}
        label={words.title}
        name="call-title"
        value={title}
        maxLength={MAX_TITLE_CHARS}
        onSave={(value) => void change({ title: value })}
      />
      <TextSetting
        key={`password ${passwordNeeded}`}
        label={passwordNeeded ? words.newPassword : words.password}
        name="call-password"
        value=""
        isSecret
        maxLength={MAX_PASSWORD_CHARS}
        onSave={(value) => void change({ password: value })}
      />
      {passwordNeeded && (
        <button type="button" onClick={() => void change({ password: '' })}>
          {words.removePassword}
        </button>
      )}
      <SwitchSetting
        label={words.lobby}
        hint={words.lobbyHint}
        value={lobby}
        onSave={(on) => change({ lobby: on })}
      />
      <SwitchSetting
        label={words.lock}
        hint={words.lockHint}
        value={locked}
        onSave={(on) => change({ locked: on })}
      />
      <SwitchSetting
        label={words.keepChat}
        hint={words.keepChatHint}
        value={keepChat}
        onSave={(on) => change({ keepChat: on })}
      />
      <Blocked onFailed={setFailed} />
    </div>
  );
}

type TextProps = {
  label: string;
  name: string;
  value: string;
  maxLength: number;
  isSecret?: boolean;
  onSave: (value: string) => void;
};

/** A text that counts when it is saved. */
function TextSetting({ label, name, value, maxLength, isSecret = false, onSave }: TextProps) {
  const words = useWords();
  const [typed, setTyped] = useState(value);
  const text = isSecret ? typed : typed.trim();
  const canSave = text !== value && (!isSecret || text !== '');
  return (
    <form
      className="setting"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!canSave) return;
        onSave(text);
        if (isSecret) setTyped('');
      }}
    >
      <label className="field grow">
        {label}
        <input
          name={name}
          type={isSecret ? 'password' : 'text'}
          autoComplete={isSecret ? 'new-password' : 'off'}
          value={typed}
          maxLength={maxLength}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" disabled={!canSave}>
        {words.set}
      </button>
    </form>
  );
}

type SwitchProps = { label: string; hint: string; value: boolean; onSave: (on: boolean) => Promise<boolean> };

/** A switch that moves at once, and back if the server refuses. */
function SwitchSetting({ label, hint, value, onSave }: SwitchProps) {
  const [shown, setShown] = useState(value);
  useEffect(() => setShown(value), [value]);
  const turn = async (on: boolean) => {
    setShown(on);
    if (!(await onSave(on))) setShown(value);
  };
  return <Switch label={label} hint={hint} checked={shown} onChange={(on) => void turn(on)} />;
}

function Blocked({ onFailed }: { onFailed: (why: unknown) => void }) {
  const words = useWords();
  const { moderation } = useCall();
  const [people, setPeople] = useState<readonly BlockedPerson[]>([]);
  useEffect(() => {
    let over = false;
    moderation.blocked().then(
      (list) => !over && setPeople(list.blocked),
      (failed) => note('blocked people', failed),
    );
    return () => {
      over = true;
    };
  }, [moderation]);
  const unblock = (identity: string) =>
    moderation.unblock(identity).then(
      () => setPeople((known) => known.filter((person) => person.identity !== identity)),
      (failed: unknown) => {
        note('not unblocked', failed);
        onFailed(failed);
      },
    );
  if (people.length === 0) return null;
  return (
    <section className="blocked">
      <h3>{words.blockedPeople}</h3>
      <ul>
        {people.map((person) => (
          <li key={person.identity}>
            <bdi className="grow">{person.name}</bdi>
            <button
              type="button"
              aria-label={`${words.unblock}: ${person.name}`}
              onClick={() => void unblock(person.identity)}
            >
              {words.unblock}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
