import type { Participant } from 'livekit-client';
import { useCallback, useState } from 'react';
import type { Role } from '../api/calls';
import { Popover, RoundButton } from '../ui/controls';
import { Icon } from '../ui/icons';
import { useWords } from '../words/language';
import { note } from './log';
import type { Lobby } from './lobby';
import { PanelFrame } from './PanelFrame';
import { nameOf } from './conversation';
import { roleOf } from './tiles';
import { useCall } from './useCall';

export function PeoplePanel({ lobby, onClose }: { lobby: Lobby; onClose: () => void }) {
  const words = useWords();
  const call = useCall();
  const people: Participant[] = [call.room.localParticipant, ...call.room.remoteParticipants.values()];
  return (
    <PanelFrame title={`${words.people} (${people.length})`} onClose={onClose} className="people">
      {lobby.waiting.length > 0 && (
        <section className="lobby">
          <h3>{words.lobbyList}</h3>
          <ul>
            {lobby.waiting.map((entry) => (
              <li key={entry.id}>
                <bdi className="grow">{entry.name}</bdi>
                <button type="button" className="primary" onClick={() => lobby.decide(entry.id, true)}>
                  {words.admit}
                </button>
                <button type="button" onClick={() => lobby.decide(entry.id, false)}>
                  {words.refuse}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <ul>
        {people.map((who) => (
          <Person key={who.identity} who={who} />
        ))}
      </ul>
    </PanelFrame>
  );
}

function Person({ who }: { who: Participant }) {
  const words = useWords();
  const call = useCall();
  const role = who.isLocal ? call.role : roleOf(who);
  const name = who.isLocal ? call.seat.name : nameOf(who);
  const notes = [who.isLocal && words.you, role === 'host' && words.host, role === 'viewer' && words.viewer];
  return (
    <li data-identity={who.identity}>
      <span className="grow">
        <bdi>{name}</bdi> <small>{notes.filter(Boolean).join(', ')}</small>
      </span>
      {call.talk.hands.has(who.identity) && (
        <span className="hand-sign" role="img" aria-label={words.handRaised(name)}>
          <Icon name="hand" />
        </span>
      )}
      <Icon name={who.isMicrophoneEnabled ? 'mic' : 'micOff'} />
      <span className="unseen">{who.isMicrophoneEnabled ? words.micOn : words.muted}</span>
      {call.role === 'host' && !who.isLocal && (
        <ModerationMenu identity={who.identity} name={name} role={role} />
      )}
    </li>
  );
}

function ModerationMenu({ identity, name, role }: { identity: string; name: string; role: Role }) {
  const words = useWords();
  const { moderation } = useCall();
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const item = (text: string, act: () => Promise<void>, className = '') => (
    <button
      type="button"
      className={className}
      onClick={() => {
        close();
        act().catch((failed) => note('moderation', failed));
      }}
    >
      {text}
    </button>
  );
  return (
    <span className="anchor">
      <RoundButton
        icon="more"
        className="small"
        label={words.moderate(name)}
        expanded={open}
        onClick={() => setOpen(!open)}
      />
      <Popover open={open} onClose={close} className="menu">
        {item(words.mute, () => moderation.mute(identity))}
        {role === 'viewer'
          ? item(words.makeSpeaker, () => moderation.role(identity, 'speaker'))
          : item(words.makeViewer, () => moderation.role(identity, 'viewer'))}
        {item(words.makeHost, () => moderation.role(identity, 'host'))}
        {item(words.remove, () => moderation.remove(identity), 'danger-text')}
        {item(words.block, () => moderation.block(identity), 'danger-text')}
      </Popover>
    </span>
  );
}
