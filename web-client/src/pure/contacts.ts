import { cleanName } from './names';

/** Somebody whose number this browser knows. */
export type Contact = { number: string; name: string; instant: boolean };

/** As many as the server is asked about. */
export const MAX_CONTACTS = 50;

const NUMBER_LETTERS = 12;

/** The number in what somebody typed; undefined if it is none. */
export function numberOf(typed: string): string | undefined {
  const letters = typed.toLowerCase().replace(/[\s\-–—._]/g, '');
  if (!/^[a-z]+$/.test(letters) || letters.length !== NUMBER_LETTERS) return undefined;
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

/** What was kept of contacts, whatever it may be. */
export function readContacts(text: string | undefined): Contact[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.slice(0, MAX_CONTACTS).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const { number, name, instant } = one as Record<string, unknown>;
    const known = typeof number === 'string' ? numberOf(number) : undefined;
    if (!known || typeof name !== 'string') return [];
    return [{ number: known, name: cleanName(name) || known, instant: instant === true }];
  });
}

/** Adds somebody, or gives a known number another name. */
export function withContact(contacts: readonly Contact[], added: Contact): Contact[] {
  const others = contacts.filter(({ number }) => number !== added.number);
  return [...others, added].slice(-MAX_CONTACTS).sort((one, other) => one.name.localeCompare(other.name));
}
