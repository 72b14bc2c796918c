import { createContext, useContext, useSyncExternalStore } from 'react';
import type { CallSession } from './session';

const SessionContext = createContext<CallSession | undefined>(undefined);
export const SessionProvider = SessionContext;

/** The call; whoever asks is drawn again when anything in it changed. */
export function useCall(): CallSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error('only inside a call');
  useSyncExternalStore(session.subscribe, session.snapshot);
  return session;
}
