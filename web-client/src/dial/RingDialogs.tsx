import { useEffect } from 'react';
import type { Words } from '../words/words';
import { Dialog } from '../ui/controls';
import { useWords } from '../words/language';
import { ringProblemText } from '../words/problems';
import type { Dialer, Outgoing } from './dialer';
import { ringTone } from './ringTone';

/** Who rings, and whom one rings. */
export function RingDialogs({ dialer }: { dialer: Dialer }) {
  const words = useWords();
  const [ring] = dialer.incoming;
  const { outgoing, lost } = dialer;
  const caller = ring ? dialer.nameOf(ring.number, ring.name) : undefined;
  useEffect(() => {
    if (!caller) return;
    const { title } = document;
    document.title = words.rings(caller);
    const silence = ringTone();
    return () => {
      document.title = title;
      silence();
    };
  }, [caller, words]);
  if (ring && caller) {
    const isKnown = caller !== ring.name || dialer.contacts.some(({ number }) => number === ring.number);
    return (
      <Dialog title={words.rings(caller)} onClose={() => void dialer.answer(ring, false)}>
        <p>{ring.audioOnly ? words.ringsAudio : words.ringsVideo}</p>
        {!isKnown && <p className="hint">{words.unknownNumber(ring.number)}</p>}
        <div className="actions">
          <button type="button" className="primary big" onClick={() => void dialer.answer(ring, true)}>
            {words.acceptCall}
          </button>
          <button type="button" className="danger big" onClick={() => void dialer.answer(ring, false)}>
            {words.decline}
          </button>
        </div>
      </Dialog>
    );
  }
  if (outgoing) {
    return (
      <Dialog title={outgoing.name} onClose={() => dialer.hangUp()}>
        <p role="status" data-ring={outgoing.state}>
          {outgoingText(outgoing, words)}
        </p>
        <div className="actions">
          {outgoing.state === 'ringing' ? (
            <button type="button" className="danger big" onClick={() => dialer.hangUp()}>
              {words.hangUp}
            </button>
          ) : (
            <>
              <button
                type="button"
                className="primary"
                onClick={() => void dialer.call(outgoing, outgoing.audioOnly)}
              >
                {words.callAgain}
              </button>
              <button type="button" onClick={() => dialer.hangUp()}>
                {words.close}
              </button>
            </>
          )}
        </div>
      </Dialog>
    );
  }
  if (lost) {
    return (
      <Dialog title={lost.name} onClose={() => dialer.dismissLost()}>
        <p role="alert" data-ring="lost">
          {ringProblemText(lost.failed, words)}
        </p>
        <div className="actions">
          <button type="button" onClick={() => dialer.dismissLost()}>
            {words.close}
          </button>
        </div>
      </Dialog>
    );
  }
  return null;
}

function outgoingText(outgoing: Outgoing, words: Words): string {
  switch (outgoing.state) {
    case 'ringing':
      return words.ringing;
    case 'declined':
      return words.ringDeclined;
    case 'missed':
      return words.ringMissed;
    case 'busy':
      return words.ringBusy;
    case 'absent':
      return words.ringAbsent;
    case 'failed':
      return ringProblemText(outgoing.failed, words);
  }
}
