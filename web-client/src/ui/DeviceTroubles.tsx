import type { DeviceTrouble } from '../pure/media';
import { useWords } from '../words/language';

type Props = {
  troubles: readonly {
    what: 'microphone' | 'camera';
    trouble: DeviceTrouble | undefined;
    retry: () => void;
  }[];
};

/** What is wrong with devices, and what helps. */
export function DeviceTroubles({ troubles }: Props) {
  const words = useWords();
  return troubles.map(({ what, trouble, retry }) => {
    if (!trouble) return null;
    const name = words[what];
    const text = {
      denied: words.denied(name),
      none: words.noneFound(name),
      busy: words.busy(name),
      insecure: words.insecure,
    }[trouble];
    return (
      <div key={what} className="trouble" role="alert" data-trouble={`${what}-${trouble}`}>
        <p>{text}</p>
        {trouble !== 'insecure' && (
          <button type="button" onClick={retry}>
            {words.tryAgain}
          </button>
        )}
      </div>
    );
  });
}
