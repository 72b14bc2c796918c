import { cleanFileName, cleanName } from '../pure/names';

/** The topic of our messages: one JSON object each. */
export const TOPIC = 'sluice';

export const REACTIONS = ['👍', '👏', '❤️', '😂', '🎉', '😮'] as const;
export const MAX_CHAT_CHARS = 4000;
export const MAX_FILE_BYTES = 200_000_000;

/** More than any page tells in one message. */
const MAX_PAST_LINES = 100;

const MAX_IDENTITY_CHARS = 128;
const ID = /^[\w-]{1,64}$/;

export type FileOffer = { id: string; name: string; size: number; mime: string };

/** A line of the chat as one page tells it another. */
export type PastLine = { id: string; at: number; who: string; name: string; text?: string; file?: FileOffer };

/**
 * What pages tell each other.
 *
 * `again`: it was said before, perhaps to nobody, and belongs where its time is.
 */
export type Message =
  | { type: 'chat'; id: string; at: number; again?: true; text: string }
  | { type: 'hand'; up: boolean }
  | { type: 'reaction'; sign: string }
  | ({ type: 'file'; at: number; again?: true } & FileOffer)
  | { type: 'file-wanted'; id: string }
  | { type: 'file-gone'; id: string }
  | { type: 'chat-wanted' }
  | { type: 'chat-so-far'; lines: PastLine[]; last: boolean };

export function encode(message: Message): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(message)) as Uint8Array<ArrayBuffer>;
}

/** Reads what somebody else sent, whatever it may be; undefined if it is none of ours. */
export function decode(bytes: Uint8Array): Message | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  return typeof value === 'object' && value !== null ? checked(value as Record<string, unknown>) : undefined;
}

function checked(value: Record<string, unknown>): Message | undefined {
  const id = typeof value.id === 'string' && ID.test(value.id) ? value.id : undefined;
  const at = typeof value.at === 'number' && Number.isFinite(value.at) ? value.at : undefined;
  const again = value.again === true ? ({ again: true } as const) : {};
  switch (value.type) {
    case 'chat':
      if (!id || at === undefined || typeof value.text !== 'string' || value.text.trim() === '')
        return undefined;
      return { type: 'chat', id, at, ...again, text: value.text.slice(0, MAX_CHAT_CHARS) };
    case 'hand':
      return typeof value.up === 'boolean' ? { type: 'hand', up: value.up } : undefined;
    case 'reaction': {
      const sign = REACTIONS.find((known) => known === value.sign);
      return sign ? { type: 'reaction', sign } : undefined;
    }
    case 'file': {
      const offer = checkedOffer(value);
      return offer && at !== undefined ? { type: 'file', at, ...again, ...offer } : undefined;
    }
    case 'file-wanted':
    case 'file-gone':
      return id ? { type: value.type, id } : undefined;
    case 'chat-wanted':
      return { type: 'chat-wanted' };
    case 'chat-so-far': {
      if (!Array.isArray(value.lines) || value.lines.length > MAX_PAST_LINES) return undefined;
      const lines = value.lines.flatMap((line: unknown) => checkedLine(line) ?? []);
      return { type: 'chat-so-far', lines, last: value.last === true };
    }
    default:
      return undefined;
  }
}

function checkedOffer({ id, name, size, mime }: Record<string, unknown>): FileOffer | undefined {
  if (typeof id !== 'string' || !ID.test(id) || typeof name !== 'string' || typeof size !== 'number')
    return undefined;
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_FILE_BYTES) return undefined;
  const type = typeof mime === 'string' && /^[\w.+-]{1,60}\/[\w.+-]{1,80}$/.test(mime) ? mime : '';
  return { id, name: cleanFileName(name), size, mime: type };
}

function checkedLine(value: unknown): PastLine | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { who, name, file, ...rest } = value as Record<string, unknown>;
  if (typeof who !== 'string' || who === '' || who.length > MAX_IDENTITY_CHARS) return undefined;
  const person = { who, name: typeof name === 'string' ? cleanName(name) : '' };
  if (typeof file === 'object' && file !== null) {
    const offer = checkedOffer(file as Record<string, unknown>);
    const { at } = rest;
    if (!offer || typeof at !== 'number' || !Number.isFinite(at)) return undefined;
    return { id: offer.id, at, ...person, file: offer };
  }
  const said = checked({ ...rest, type: 'chat' });
  return said?.type === 'chat' ? { id: said.id, at: said.at, ...person, text: said.text } : undefined;
}
