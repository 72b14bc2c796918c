import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Seat } from '../store/seat';
import { Dialer } from './dialer';

/** The page's dialer; whoever asks is drawn again when anything in it changed. */
export function useDialer(isBusy: boolean, onSeat: (seat: Seat) => void): Dialer {
  const [dialer] = useState(() => new Dialer());
  useSyncExternalStore(dialer.subscribe, dialer.snapshot);
  useEffect(() => {
    dialer.onSeat = onSeat;
  }, [dialer, onSeat]);
  useEffect(() => dialer.setBusy(isBusy), [dialer, isBusy]);
  useEffect(() => {
    dialer.restart();
    return () => dialer.stop();
  }, [dialer]);
  return dialer;
}
