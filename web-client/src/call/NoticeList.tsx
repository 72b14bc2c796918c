import type { LobbyEntry } from '../api/calls';
import { useWords } from '../words/language';
import type { Words } from '../words/words';
import type { Notice } from './notices';
import { useCall } from './useCall';

type Props = { lobby: readonly LobbyEntry[]; onLobby: () => void };

export function NoticeList({ lobby, onLobby }: Props) {
  const words = useWords();
  const { notices } = useCall();
  const first = lobby[0];
  return (
    <div className="notices" aria-live="polite">
      {first && (
        <button type="button" className="notice lobby-notice" onClick={onLobby}>
          <bdi>{words.waits(first.name)}</bdi>
          {lobby.length > 1 && ` +${lobby.length - 1}`}
        </button>
      )}
      {notices.shown.map((notice) => (
        <p key={notice.id} className="notice">
          <bdi>{noticeText(notice, words)}</bdi>
        </p>
      ))}
    </div>
  );
}

function noticeText(notice: Notice, words: Words): string {
  switch (notice.kind) {
    case 'joined':
      return words.joined(notice.name);
    case 'left':
      return words.left(notice.name);
    case 'hand':
      return words.handRaised(notice.name);
    case 'reaction':
      return words.reacted(notice.name, notice.sign);
    case 'role':
      return words.roleChanged(
        { host: words.host, speaker: words.speakerRole, viewer: words.viewer }[notice.role],
      );
    case 'device': {
      const name = words[notice.what];
      return notice.back ? words.deviceBack(name) : words.deviceLost(name);
    }
    case 'mutedByHost':
      return words.mutedByHost;
    case 'back':
      return words.backAgain;
  }
}
