import { useEffect, useState } from 'react';
import type { History, PastCall, PastEvent } from '../api/history';
import type { HistoryWords } from './words';

type EntryProps = { call: PastCall; past: History; words: HistoryWords };

const CALL_ROOM = 'sluice-call-';

/** Of calls by number that nobody took. */
const DIAL_ROOM = 'sluice-dial';

/** One call, which tells what happened in it when it is opened. */
export function CallEntry({ call, past, words }: EntryProps) {
  const [events, setEvents] = useState<PastEvent[]>();
  const [failed, setFailed] = useState(false);
  const load = () => {
    if (events) return;
    setFailed(false);
    past.events(call).then(setEvents, () => setFailed(true));
  };
  const isMissed = call.room === DIAL_ROOM;
  const name = isMissed ? words.missedCall : call.title || call.room.replace(CALL_ROOM, '');
  const names = call.people.map((person) => person.name || person.identity).join(', ');
  return (
    <li>
      <details className="card history-call" onToggle={(event) => event.currentTarget.open && load()}>
        <summary>
          <strong>{name}</strong>
          <span className="history-time">
            <time dateTime={call.startedAt}>{dayAndTime(call.startedAt)}</time> · {duration(call, words)}
          </span>
          <span className="history-people" title={names}>
            {call.people.length === 0 ? words.nobody : `${words.people(call.people.length)}: ${names}`}
          </span>
          {call.photos > 0 && <span className="history-badge">{words.photos(call.photos)}</span>}
        </summary>
        {failed && <p role="alert">{words.failed}</p>}
        {!events && !failed && <p role="status">{words.loading}</p>}
        {events && <Photos call={call} events={events} past={past} words={words} />}
        {events && <Events events={events} words={words} />}
      </details>
    </li>
  );
}

function dayAndTime(at: string): string {
  return new Date(at).toLocaleString(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
}

function duration(call: PastCall, words: HistoryWords): string {
  if (!call.endedAt) return words.goesOn;
  const seconds = Math.max(0, Math.round((Date.parse(call.endedAt) - Date.parse(call.startedAt)) / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function Photos({ call, events, past, words }: EntryProps & { events: PastEvent[] }) {
  const nameOf = (identity: string) =>
    call.people.find((person) => person.identity === identity)?.name || identity;
  const photos = events.filter((event) => event.kind === 'snapshot');
  if (photos.length === 0) return null;
  return (
    <ul className="history-photos">
      {photos.map((event) => {
        const of = textOf(event.detail.of);
        return (
          <li key={event.eventId}>
            <Photo
              past={past}
              room={call.room}
              photoId={textOf(event.detail.photoId)}
              label={of ? words.photoOf(nameOf(of)) : words.photoBy(event.name || event.identity || '?')}
              gone={words.photoGone}
            />
          </li>
        );
      })}
    </ul>
  );
}

type PhotoProps = { past: History; room: string; photoId: string; label: string; gone: string };

function Photo({ past, room, photoId, label, gone }: PhotoProps) {
  const [address, setAddress] = useState<string>();
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    let made: string | undefined;
    let over = false;
    past.photo(room, photoId).then(
      (image) => {
        if (over) return;
        made = URL.createObjectURL(image);
        setAddress(made);
      },
      () => setMissing(true),
    );
    return () => {
      over = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [past, room, photoId]);
  if (missing) return <p className="hint">{gone}</p>;
  return (
    <figure>
      {address ? (
        <a href={address} target="_blank" rel="noreferrer">
          <img src={address} alt={label} />
        </a>
      ) : (
        <div className="history-photo-wait" aria-hidden="true" />
      )}
      <figcaption>{label}</figcaption>
    </figure>
  );
}

function Events({ events, words }: { events: PastEvent[]; words: HistoryWords }) {
  return (
    <>
      <h2>{words.events}</h2>
      <ol className="history-events">
        {events.map((event) => (
          <li key={event.eventId}>
            <time dateTime={event.at}>
              {new Date(event.at).toLocaleTimeString(document.documentElement.lang)}
            </time>{' '}
            <strong>{event.name || event.identity || ''}</strong> {words.kinds[event.kind] ?? event.kind}
            {more(event, words)}
          </li>
        ))}
      </ol>
    </>
  );
}

function more(event: PastEvent, words: HistoryWords): string {
  const { detail } = event;
  if (event.kind === 'quality') {
    const seconds = Object.entries((detail.seconds ?? {}) as Record<string, unknown>);
    return seconds.length === 0 ? '' : `: ${seconds.map(([level, time]) => `${level} ${time} s`).join(', ')}`;
  }
  const source = textOf(detail.source);
  if (source) return `: ${words.sources[source] ?? source}`;
  const reason = textOf(detail.reason);
  if (reason) return `: ${words.reasons[reason] ?? reason.replaceAll('_', ' ')}`;
  const text = textOf(detail.text);
  return text ? `: ${text}` : '';
}
