import { useEffect, useRef, useState } from 'react';
import { CallError, calls, type Admission } from '../api/calls';
import { stopOf } from '../api/stops';
import type { Intent } from '../app';
import type { Stop } from '../states/StopScreen';
import { deviceKey } from '../store/settings';
import type { Seat } from '../store/seat';

export type Progress =
  { state: 'asking' } | { state: 'busy' } | { state: 'waiting' } | { state: 'wrong'; error: CallError };

type Got = Pick<Seat, 'code' | 'title' | 'token' | 'identity' | 'role'>;

/** The dialogue with the server that ends with a seat, or with the reason why there is none. */
export function useJoining(
  intent: Intent,
  title: string,
  onGot: (got: Got) => void,
  onStop: (stop: Stop) => void,
) {
  const [progress, setProgress] = useState<Progress>({ state: 'asking' });
  const waiting = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => waiting.current?.abort(), []);

  const wrong = (failed: unknown) => {
    const error = failed instanceof CallError ? failed : new CallError('failed', 0, 0);
    const stop = stopOf(error.code);
    if (stop) onStop(stop);
    else setProgress({ state: 'wrong', error });
  };

  const wait = async (code: string, ticket: string): Promise<Admission | undefined> => {
    const controller = new AbortController();
    waiting.current = controller;
    setProgress({ state: 'waiting' });
    for (let failures = 0; ;) {
      try {
        const answer = await calls.wait(code, ticket, controller.signal);
        if (answer.state === 'admitted' && answer.join) return answer.join;
        if (answer.state === 'refused') throw new CallError('refused', 403, 0);
        failures = 0;
      } catch (failed) {
        if (controller.signal.aborted) {
          calls.giveUp(code, ticket).catch(() => {});
          return undefined;
        }
        // The network may be away for a while: the ticket stays good.
        if (!(failed instanceof CallError) || failed.code !== 'network' || ++failures > 60) throw failed;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  };

  const go = async (name: string, password: string) => {
    setProgress({ state: 'busy' });
    try {
      if (intent.kind === 'new') {
        const made = await calls.create(intent.call, name, deviceKey());
        return onGot(made);
      }
      const { code } = intent;
      const who = { name, device: deviceKey(), ...(password ? { password } : {}) };
      const answer = await calls.join(code, who);
      const admission = 'ticket' in answer ? await wait(code, answer.ticket) : answer;
      if (admission) onGot({ ...admission, code, title });
    } catch (failed) {
      wrong(failed);
    }
  };

  const cancel = () => {
    waiting.current?.abort();
    setProgress({ state: 'asking' });
  };

  return { progress, go, cancel };
}
