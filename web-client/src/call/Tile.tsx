import { ConnectionQuality } from 'livekit-client';
import type { CSSProperties } from 'react';
import { initials } from '../pure/names';
import { RoundButton } from '../ui/controls';
import { Icon } from '../ui/icons';
import { useWords } from '../words/language';
import { nameOf } from './conversation';
import { PhotoButton } from './photos';
import { Picture } from './Picture';
import type { TileContent } from './tiles';
import { useCall } from './useCall';

type Props = {
  content: TileContent;
  isPinned: boolean;
  onPin: (() => void) | undefined;
  className?: string;
  style?: CSSProperties | undefined;
};

/** Colours of the circles with initials; each person keeps one. */
const HUES = 8;

function hueOf(identity: string): number {
  let sum = 0;
  for (const char of identity) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return sum % HUES;
}

export function Tile({ content, isPinned, onPin, className = '', style }: Props) {
  const words = useWords();
  const call = useCall();
  const { who, isScreen, picture } = content;
  const name = who.isLocal ? call.seat.name : nameOf(who);
  const label = isScreen ? words.screenOf(name) : who.isLocal ? `${name} (${words.you})` : name;
  const speaking = (who.isSpeaking || call.direct.isSpeaking(who)) && !isScreen;
  const isSeen = picture && (picture.track || call.direct.linkTo(who.identity)?.stream(picture.source));
  const reaction = isScreen ? undefined : call.talk.reactions.get(who.identity);
  const hand = !isScreen && call.talk.hands.has(who.identity);
  const mic = who.isMicrophoneEnabled;
  return (
    <section
      className={`tile ${className} ${speaking ? 'is-speaking' : ''} ${isScreen ? 'is-screen' : ''}`}
      style={style}
      aria-label={label}
      data-identity={who.identity}
    >
      {isSeen ? (
        <Picture
          publication={picture}
          link={call.direct.linkTo(who.identity)}
          mirrored={who.isLocal && !isScreen}
          label={label}
        />
      ) : (
        <span className={`avatar hue-${hueOf(who.identity)}`} aria-hidden="true">
          {initials(name)}
        </span>
      )}
      <span className="tile-name">
        {!isScreen && !mic && (
          <>
            <Icon name="micOff" />
            <span className="unseen">{words.muted}</span>
          </>
        )}
        <bdi>{label}</bdi>
        {!isScreen && <Quality quality={call.direct.qualityOf(who)} />}
      </span>
      {hand && (
        <span className="tile-hand" role="img" aria-label={words.handRaised(name)}>
          <Icon name="hand" />
        </span>
      )}
      {reaction && (
        <span className="tile-reaction" aria-hidden="true">
          {reaction}
        </span>
      )}
      {isSeen && <PhotoButton identity={who.identity} label={label} />}
      {onPin && (
        <RoundButton
          icon="pin"
          className="small tile-pin"
          kind={isPinned ? 'on' : 'plain'}
          pressed={isPinned}
          label={`${isPinned ? words.unpin : words.pin}: ${label}`}
          onClick={onPin}
        />
      )}
    </section>
  );
}

function Quality({ quality }: { quality: ConnectionQuality }) {
  const words = useWords();
  const signs = {
    [ConnectionQuality.Excellent]: { bars: 3, text: words.qualityExcellent },
    [ConnectionQuality.Good]: { bars: 2, text: words.qualityGood },
    [ConnectionQuality.Poor]: { bars: 1, text: words.qualityPoor },
    [ConnectionQuality.Lost]: { bars: 0, text: words.qualityLost },
    [ConnectionQuality.Unknown]: undefined,
  };
  const sign = signs[quality];
  if (!sign) return null;
  return (
    <svg className={`quality bars-${sign.bars}`} viewBox="0 0 14 12" role="img" aria-label={sign.text}>
      <title>{sign.text}</title>
      <path className={sign.bars > 0 ? 'full' : ''} d="M1 8h3v4H1z" />
      <path className={sign.bars > 1 ? 'full' : ''} d="M5.500 4.500h3V12h-3z" />
      <path className={sign.bars > 2 ? 'full' : ''} d="M10 1h3v11h-3z" />
    </svg>
  );
}
