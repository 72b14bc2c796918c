import { useEffect, useState } from 'react';
import { CallError, type LobbyEntry } from '../api/calls';
import { note } from './log';
import type { CallSession } from './session';

export type Lobby = { waiting: readonly LobbyEntry[]; decide: (id: string, admit: boolean) => void };

const RETRY_MILLIS = 3000;

/** Who waits to be let in, as the host sees it. */
export function useLobby(call: CallSession): Lobby {
  const [waiting, setWaiting] = useState<readonly LobbyEntry[]>([]);
  const isHost = call.role === 'host' && call.connection === 'connected';
  useEffect(() => {
    if (!isHost) {
      setWaiting([]);
      return;
    }
    const over = new AbortController();
    void watch(call, over.signal, setWaiting);
    return () => over.abort();
  }, [call, isHost]);
  const decide = (id: string, admit: boolean) => {
    setWaiting((known) => known.filter((entry) => entry.id !== id));
    call.moderation.decide(id, admit).catch((failed) => note('lobby', failed));
  };
  return { waiting, decide };
}

async function watch(call: CallSession, over: AbortSignal, show: (waiting: readonly LobbyEntry[]) => void) {
  let version: number | undefined;
  while (!over.aborted) {
    try {
      const list = await call.moderation.lobby(version, over);
      if (list.version === version) continue;
      version = list.version;
      show(list.waiting);
    } catch (failed) {
      if (over.aborted) return;
      if (
        failed instanceof CallError &&
        failed.status >= 400 &&
        failed.status < 500 &&
        failed.status !== 429
      ) {
        note('no lobby', failed);
        return;
      }
      version = undefined;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    }
  }
}
