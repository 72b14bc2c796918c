import type { Role } from '../api/calls';

/** A seat in a call. It outlives a reload of the tab, and ends with the tab or by leaving. */
export type Seat = {
  code: string;
  title: string;
  token: string;
  identity: string;
  role: Role;
  name: string;
  audioOnly: boolean;
  microphone: boolean;
  camera: boolean;
};

const key = (code: string) => `sluice.seat.${code}`;

export function keepSeat(seat: Seat): void {
  try {
    sessionStorage.setItem(key(seat.code), JSON.stringify(seat));
  } catch {
    // A reload will ask again how to join; nothing else is lost.
  }
}

export function keptSeat(code: string): Seat | undefined {
  try {
    const text = sessionStorage.getItem(key(code));
    const seat = text ? (JSON.parse(text) as Partial<Seat>) : undefined;
    return seat && typeof seat.token === 'string' && seat.code === code ? (seat as Seat) : undefined;
  } catch {
    return undefined;
  }
}

export function giveUpSeat(code: string): void {
  try {
    sessionStorage.removeItem(key(code));
  } catch {
    // Nothing was kept either.
  }
}
