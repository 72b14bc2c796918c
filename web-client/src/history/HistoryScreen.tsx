import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { history, HistoryError, ownToken, type CallFilter, type PastCall } from '../api/history';
import { useLanguage } from '../words/language';
import { CallEntry } from './CallEntry';
import './history.css';
import { HISTORY_WORDS, type HistoryWords } from './words';

const TOKEN = 'sluice.history.token';

/** What happened in calls, for those whose token lets them see it. */
export default function HistoryScreen() {
  const { language } = useLanguage();
  const words = HISTORY_WORDS[language];
  const [token, setToken] = useState(() => sessionStorage.getItem(TOKEN) ?? '');
  const [asks, setAsks] = useState(false);
  const [wrong, setWrong] = useState(false);

  useEffect(() => {
    if (token) return;
    let gone = false;
    void ownToken().then((own) => {
      if (gone) return;
      if (own) setToken(own);
      else setAsks(true);
    });
    return () => {
      gone = true;
    };
  }, [token]);

  const refused = useCallback(() => {
    sessionStorage.removeItem(TOKEN);
    setWrong(true);
    setAsks(true);
    setToken('');
  }, []);

  useEffect(() => {
    document.title = `${words.title} · Sluice`;
  }, [words]);

  return (
    <div className="history">
      <h1>{words.title}</h1>
      {asks && !token ? (
        <TokenForm
          words={words}
          wrong={wrong}
          onToken={(given) => {
            sessionStorage.setItem(TOKEN, given);
            setAsks(false);
            setToken(given);
          }}
        />
      ) : token ? (
        <Calls key={token} token={token} words={words} onRefused={refused} />
      ) : (
        <p role="status">{words.loading}</p>
      )}
    </div>
  );
}

type TokenFormProps = { words: HistoryWords; wrong: boolean; onToken: (token: string) => void };

function TokenForm({ words, wrong, onToken }: TokenFormProps) {
  const [typed, setTyped] = useState('');
  return (
    <form
      className="card"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim()) onToken(typed.trim());
      }}
    >
      <p className={wrong ? 'hint error' : undefined} role={wrong ? 'alert' : undefined}>
        {wrong ? words.tokenWrong : words.tokenNeeded}
      </p>
      <label className="field">
        {words.token}
        <input
          name="token"
          type="password"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" className="primary">
        {words.open}
      </button>
    </form>
  );
}

type Found = { calls: PastCall[]; next: string | undefined };

type CallsProps = { token: string; words: HistoryWords; onRefused: () => void };

function Calls({ token, words, onRefused }: CallsProps) {
  const past = useMemo(() => history(token), [token]);
  const [filter, setFilter] = useState<CallFilter>({});
  const [photosOnly, setPhotosOnly] = useState(false);
  const [found, setFound] = useState<Found>();
  const [trouble, setTrouble] = useState<string>();

  const looks = useRef(0);

  const look = useCallback(
    async (wanted: CallFilter, after?: Found) => {
      const own = ++looks.current;
      // An answer that comes late is to a question that nobody asks any more.
      const isLate = () => own !== looks.current;
      try {
        const page = await past.calls(wanted, after?.next);
        if (isLate()) return;
        setTrouble(undefined);
        setFound({ calls: [...(after?.calls ?? []), ...page.calls], next: page.next });
      } catch (failed) {
        if (isLate()) return;
        if (failed instanceof HistoryError && (failed.status === 401 || failed.status === 403)) onRefused();
        else setTrouble(troubleIn(words, failed));
      }
    },
    [past, words, onRefused],
  );

  useEffect(() => {
    // Not for each letter.
    const timer = setTimeout(() => void look(filter), filter.text ? 300 : 0);
    return () => clearTimeout(timer);
  }, [filter, look]);

  const shown = found?.calls.filter((call) => !photosOnly || call.photos > 0);
  return (
    <>
      <Filters
        words={words}
        filter={filter}
        photosOnly={photosOnly}
        onFilter={setFilter}
        onPhotosOnly={setPhotosOnly}
        onExport={(format) =>
          past.export(format, filter).then(
            (file) => save(file, `history.${format}`),
            (failed: unknown) => setTrouble(troubleIn(words, failed)),
          )
        }
      />
      {trouble && (
        <p role="alert" className="hint error">
          {trouble}{' '}
          <button type="button" onClick={() => void look(filter)}>
            {words.again}
          </button>
        </p>
      )}
      <p className="history-count" role="status">
        {!shown ? words.loading : shown.length === 0 ? words.none : ''}
      </p>
      <ul className="history-calls">
        {shown?.map((call) => (
          <CallEntry key={call.callId} call={call} past={past} words={words} />
        ))}
      </ul>
      {found?.next && (
        <button type="button" className="big" onClick={() => void look(filter, found)}>
          {words.more}
        </button>
      )}
    </>
  );
}

function troubleIn(words: HistoryWords, failed: unknown): string {
  const code = failed instanceof HistoryError ? failed.code : '';
  if (code === 'history-unavailable') return words.unavailable;
  return code === 'no-history' ? words.noHistory : words.failed;
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

type FiltersProps = {
  words: HistoryWords;
  filter: CallFilter;
  photosOnly: boolean;
  onFilter: (filter: CallFilter) => void;
  onPhotosOnly: (only: boolean) => void;
  onExport: (format: 'csv' | 'json') => void;
};

function Filters({ words, filter, photosOnly, onFilter, onPhotosOnly, onExport }: FiltersProps) {
  return (
    <form className="history-filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <label className="field history-text">
        {words.search}
        <input
          name="text"
          type="search"
          maxLength={200}
          placeholder={words.searchHint}
          value={filter.text ?? ''}
          onChange={(event) => onFilter({ ...filter, text: event.target.value })}
        />
      </label>
      <label className="field">
        {words.from}
        <input
          name="from"
          type="date"
          value={filter.from ?? ''}
          onChange={(event) => onFilter({ ...filter, from: event.target.value })}
        />
      </label>
      <label className="field">
        {words.to}
        <input
          name="to"
          type="date"
          value={filter.to ?? ''}
          onChange={(event) => onFilter({ ...filter, to: event.target.value })}
        />
      </label>
      <label className="history-photos-only">
        <input
          name="photos"
          type="checkbox"
          checked={photosOnly}
          onChange={(event) => onPhotosOnly(event.target.checked)}
        />
        {words.photosOnly}
      </label>
      <div className="history-exports">
        <button type="button" onClick={() => onExport('csv')}>
          {words.exportCsv}
        </button>
        <button type="button" onClick={() => onExport('json')}>
          {words.exportJson}
        </button>
      </div>
    </form>
  );
}
