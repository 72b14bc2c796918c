import { cleanFileName, sizeText } from '../pure/names';
import { Icon } from '../ui/icons';
import { useWords } from '../words/language';
import type { FileOffer } from './messages';
import { useCall } from './useCall';

/** A file in the chat: on offer, on its way, or there. */
export function FileCard({ file, mine }: { file: FileOffer; mine: boolean }) {
  const words = useWords();
  const { files } = useCall().talk;
  const name = cleanFileName(file.name);
  const size = sizeText(file.size);
  return (
    <div className="file-card">
      <Icon name="file" />
      <span className="grow">
        <bdi className="file-name">{name}</bdi>
        <small>{mine ? words.fileYours(size) : words.fileOffered(size)}</small>
        {!mine && <Step />}
      </span>
    </div>
  );

  function Step() {
    const transfer = files.transfer(file.id);
    switch (transfer?.state) {
      case 'offered':
        return (
          <button type="button" onClick={() => files.accept(file.id)}>
            {words.accept}
          </button>
        );
      case 'asked':
        return <small role="status">…</small>;
      case 'running':
        return (
          <progress
            value={transfer.share}
            max={1}
            aria-label={words.filePercent(Math.floor(transfer.share * 100))}
          />
        );
      case 'there':
        return (
          <a className="button primary" href={transfer.address} download={name}>
            {words.save}
          </a>
        );
      case 'failed':
        return (
          <>
            <small className="error">{words.fileFailed}</small>
            <button type="button" onClick={() => files.accept(file.id)}>
              {words.tryAgain}
            </button>
          </>
        );
      case 'gone':
      case undefined:
        return <small>{words.fileGone}</small>;
    }
  }
}
