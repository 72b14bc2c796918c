import { useState } from 'react';
import type { Intent } from '../app';
import type { NewCall } from '../api/calls';
import { codeAsTyped, codeOf } from '../pure/code';
import { ContactsCard } from '../dial/ContactsCard';
import type { Dialer } from '../dial/dialer';
import { Switch } from '../ui/controls';
import { Icon } from '../ui/icons';
import { useWords } from '../words/language';

const MAX_TITLE_CHARS = 100;
const MAX_PASSWORD_CHARS = 128;

type Props = { dialer: Dialer; onGo: (intent: Intent) => void };

export function StartScreen({ dialer, onGo }: Props) {
  const words = useWords();
  return (
    <div className="start">
      <div className="welcome">
        <h1>{words.tagline}</h1>
        <p>{words.intro}</p>
      </div>
      <div className="start-cards">
        <NewCallForm onGo={onGo} />
        <JoinForm onGo={onGo} />
        <ContactsCard dialer={dialer} />
      </div>
    </div>
  );
}

function NewCallForm({ onGo }: { onGo: (intent: Intent) => void }) {
  const words = useWords();
  const [title, setTitle] = useState('');
  const [password, setPassword] = useState('');
  const [lobby, setLobby] = useState(false);
  const [audioOnly, setAudioOnly] = useState(false);
  const [broadcast, setBroadcast] = useState(false);
  const [direct, setDirect] = useState(false);
  const go = () => {
    const call: NewCall = { lobby, audioOnly, broadcast };
    if (direct && !broadcast) call.topology = 'auto';
    if (title.trim()) call.title = title.trim();
    if (password) call.password = password;
    onGo({ kind: 'new', call });
  };
  return (
    <form
      className="card"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <h2>{words.newCall}</h2>
      <button type="submit" className="primary big">
        <Icon name="plus" />
        {words.newCall}
      </button>
      <details>
        <summary>{words.newCallOptions}</summary>
        <div className="options">
          <label className="field">
            {words.title}
            <input
              name="title"
              value={title}
              maxLength={MAX_TITLE_CHARS}
              placeholder={words.titleHint}
              onChange={(event) => setTitle(event.target.value)}
            />
          </label>
          <label className="field">
            {words.password}
            <input
              name="password"
              type="password"
              autoComplete="new-password"
              value={password}
              maxLength={MAX_PASSWORD_CHARS}
              placeholder={words.passwordHint}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
          <Switch label={words.lobby} hint={words.lobbyHint} checked={lobby} onChange={setLobby} />
          <Switch
            label={words.audioOnly}
            hint={words.audioOnlyHint}
            checked={audioOnly}
            onChange={setAudioOnly}
          />
          <Switch
            label={words.broadcast}
            hint={words.broadcastHint}
            checked={broadcast}
            onChange={setBroadcast}
          />
          {!broadcast && (
            <Switch label={words.direct} hint={words.directHint} checked={direct} onChange={setDirect} />
          )}
        </div>
      </details>
    </form>
  );
}

function JoinForm({ onGo }: { onGo: (intent: Intent) => void }) {
  const words = useWords();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  return (
    <form
      className="card"
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const code = codeOf(typed);
        setWrong(!code);
        if (code) onGo({ kind: 'join', code });
      }}
    >
      <h2>{words.joinCall}</h2>
      <label className="field">
        {words.code}
        <input
          name="code"
          className="code-input"
          value={typed}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          inputMode="text"
          aria-invalid={wrong}
          aria-describedby="code-hint"
          placeholder="abcd-efgh"
          onChange={(event) => {
            setTyped(codeAsTyped(event.target.value));
            setWrong(false);
          }}
        />
      </label>
      <p id="code-hint" className={wrong ? 'hint error' : 'hint'} role={wrong ? 'alert' : undefined}>
        {wrong ? words.codeWrong : words.codeHint}
      </p>
      <button type="submit" className="big">
        {words.goOn}
      </button>
    </form>
  );
}
