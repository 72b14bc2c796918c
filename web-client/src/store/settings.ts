/** What this browser remembers about its user. Private windows may refuse to store: then it lasts as long as the page. */
const PREFIX = 'sluice.';

type Setting =
  | 'language'
  | 'theme'
  | 'name'
  | 'device'
  | 'microphone'
  | 'camera'
  | 'speaker'
  | 'contacts'
  | 'reachable'
  | 'seenMissed';

const lasting = new Map<string, string>();

export function readSetting(key: Setting): string | undefined {
  try {
    return localStorage.getItem(PREFIX + key) ?? lasting.get(key);
  } catch {
    return lasting.get(key);
  }
}

export function writeSetting(key: Setting, value: string): void {
  lasting.set(key, value);
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // Refused or full: the map above has it.
  }
}

/** The random key by which calls know this browser again. It says nothing about the user. */
export function deviceKey(): string {
  const known = readSetting('device');
  if (known && /^[0-9a-f]{32}$/.test(known)) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  writeSetting('device', key);
  return key;
}
