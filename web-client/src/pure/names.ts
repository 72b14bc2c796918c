const MAX_NAME_CHARS = 64;
const MAX_FILE_NAME_CHARS = 120;

/* Controls, and signs that turn the direction of text: with them one name can be shown as another. */
const UNSEEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/** A name as it is sent and shown: one line, not long, nothing unseen. */
export function cleanName(name: string): string {
  return cut(name.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim(), MAX_NAME_CHARS);
}

/** The name under which a file from somebody else is saved: never a path, never hidden, never a name Windows keeps for itself. */
export function cleanFileName(name: string): string {
  const base = name.replace(UNSEEN, '').split(/[/\\]/).pop() ?? '';
  const plain = base
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '');
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain) ? `_${plain}` : plain;
  if (reserved.length <= MAX_FILE_NAME_CHARS) return reserved || 'file';
  const dot = reserved.lastIndexOf('.');
  const ending = dot > 0 && reserved.length - dot <= 12 ? reserved.slice(dot) : '';
  return cut(reserved, MAX_FILE_NAME_CHARS - ending.length) + ending;
}

export function initials(name: string): string {
  const words = name.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 9_950_000 ? 1 : 0)} MB`;
}

/** Cuts between characters, not between the halves of one. */
function cut(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(chars - 1)) ? chars - 1 : chars;
  return text.slice(0, end);
}

/** An id that nobody else makes; crypto.randomUUID is not there outside of https. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
