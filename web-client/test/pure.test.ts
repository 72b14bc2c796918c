import { describe, expect, it } from 'vitest';
import { codeAsTyped, codeOf, codeOfPath, linkOf } from '../src/pure/code';
import { gridOf } from '../src/pure/grid';
import { deviceTrouble } from '../src/pure/media';
import { cleanFileName, cleanName, initials, sizeText } from '../src/pure/names';
import { GIVE_UP_MILLIS, retryDelayMillis } from '../src/pure/retry';
import { decode, encode, MAX_CHAT_CHARS, MAX_FILE_BYTES } from '../src/call/messages';
import { en } from '../src/words/en';
import { ko } from '../src/words/ko';
import { preferredLanguage } from '../src/words/language';

describe('a code', () => {
  it.each(['abcd-efgh', 'ABCDEFGH', ' abcd efgh ', 'abcd–efgh', 'https://sluice.example/c/abcd-efgh?x=1'])(
    'is read from %j',
    (typed) => expect(codeOf(typed)).toBe('abcd-efgh'),
  );

  it.each(['', 'abc', 'abcd-efg1', 'abcd-efghi', '../../etc', '<script>'])('is not read from %j', (typed) =>
    expect(codeOf(typed)).toBeUndefined(),
  );

  it('goes into a link and back', () => {
    expect(codeOfPath(new URL(linkOf('abcd-efgh', 'https://a.example')).pathname)).toBe('abcd-efgh');
    expect(codeOfPath('/elsewhere')).toBeUndefined();
  });

  it('gets its hyphen while it is typed', () => {
    expect(codeAsTyped('abcd')).toBe('abcd');
    expect(codeAsTyped('ABCDe')).toBe('abcd-e');
    expect(codeAsTyped('abcd-efghij')).toBe('abcd-efgh');
  });
});

describe('trying again', () => {
  it('is quick where the network has just come back', () => {
    expect(retryDelayMillis(20, 60_000, 0, 500)).toBe(300);
    expect(retryDelayMillis(0, 60_000, 0, 500)).toBe(0);
    expect(retryDelayMillis(20, 60_000, 0, 20_000)).toBe(2000);
    expect(retryDelayMillis(20, GIVE_UP_MILLIS, 0, 500)).toBeNull();
  });

  it('begins at once, and never waits long', () => {
    expect(retryDelayMillis(0, 0, 0.9)).toBe(0);
    for (let tries = 1; tries < 100; tries++) {
      const delay = retryDelayMillis(tries, 1000, 0.999) ?? Infinity;
      expect(delay).toBeGreaterThan(200);
      expect(delay).toBeLessThanOrEqual(2600);
    }
  });

  it('ends some day', () => expect(retryDelayMillis(3, GIVE_UP_MILLIS, 0)).toBeNull());
});

describe('a name', () => {
  it('is one short line without signs that are not seen', () => {
    expect(cleanName('  Ada\n\u202e Lovelace\u0000 ')).toBe('Ada Lovelace');
    expect(cleanName('x'.repeat(1_000_000))).toHaveLength(64);
    expect(cleanName('\u200b\u200b')).toBe('');
  });

  it('is not cut within a character', () => expect(cleanName('a'.repeat(63) + '😀')).toBe('a'.repeat(63)));

  it('has initials', () => {
    expect(initials('Ada King Lovelace')).toBe('AL');
    expect(initials('김')).toBe('김');
    expect(initials('😀')).toBe('?');
  });
});

describe('the name of a file', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\evil.exe', 'evil.exe'],
    ['.bashrc', 'bashrc'],
    ['a\u202egpj.exe', 'agpj.exe'],
    ['con.txt', '_con.txt'],
    ['<b>"x"|?*.txt', '_b__x____.txt'],
    ['..', 'file'],
    ['', 'file'],
    ['trailing. . ', 'trailing'],
  ])('%j is saved as %j', (name, saved) => expect(cleanFileName(name)).toBe(saved));

  it('keeps its ending when it is cut', () => {
    const name = cleanFileName(`${'x'.repeat(1_000_000)}.pdf`);
    expect(name).toHaveLength(120);
    expect(name.endsWith('.pdf')).toBe(true);
  });

  it('goes with a size that is easy to read', () => {
    expect(sizeText(999)).toBe('999 B');
    expect(sizeText(1500)).toBe('2 kB');
    expect(sizeText(1_500_000)).toBe('1.5 MB');
    expect(sizeText(200_000_000)).toBe('200 MB');
  });
});

describe('the grid', () => {
  it('makes tiles as large as they can be', () => {
    expect(gridOf(1, 1600, 900, 10)).toMatchObject({ columns: 1, rows: 1, tileWidth: 1600 });
    expect(gridOf(4, 1600, 900, 10)).toMatchObject({ columns: 2, rows: 2 });
    expect(gridOf(6, 1600, 900, 10)).toMatchObject({ columns: 3, rows: 2 });
    expect(gridOf(3, 400, 800, 10)).toMatchObject({ columns: 1, rows: 3 });
  });

  it('never makes them larger than the area', () => {
    for (let count = 1; count <= 25; count++) {
      const { columns, rows, tileWidth, tileHeight } = gridOf(count, 1000, 620, 10);
      expect(columns * rows).toBeGreaterThanOrEqual(count);
      expect(columns * tileWidth + (columns - 1) * 10).toBeLessThanOrEqual(1000);
      expect(rows * tileHeight + (rows - 1) * 10).toBeLessThanOrEqual(620);
    }
  });
});

describe('a message from another page', () => {
  const read = (value: unknown) => decode(new TextEncoder().encode(JSON.stringify(value)));

  it('is what was sent', () => {
    const message = { type: 'chat', id: 'a-1', at: 5, text: '<b>hi</b>' } as const;
    expect(decode(encode(message))).toEqual(message);
  });

  it.each([
    [null],
    [[]],
    [{ type: 'chat' }],
    [{ type: 'chat', id: '<img>', at: 1, text: 'x' }],
    [{ type: 'chat', id: 'a', at: 'now', text: 'x' }],
    [{ type: 'chat', id: 'a', at: 1, text: '   ' }],
    [{ type: 'hand', up: 'yes' }],
    [{ type: 'reaction', sign: '<script>' }],
    [{ type: 'file', id: 'a', at: 1, name: 'x', size: MAX_FILE_BYTES + 1 }],
    [{ type: 'file', id: 'a', at: 1, name: 'x', size: -1 }],
    [{ type: 'else' }],
  ])('is refused: %j', (value) => expect(read(value)).toBeUndefined());

  it('is refused if it is no JSON', () => expect(decode(new Uint8Array([0xff, 0xfe]))).toBeUndefined());

  it('is cut, and its file gets a name without a path', () => {
    expect(read({ type: 'chat', id: 'a', at: 1, text: 'x'.repeat(100_000) })).toMatchObject({
      text: 'x'.repeat(MAX_CHAT_CHARS),
    });
    const file = {
      type: 'file',
      id: 'a',
      at: 1,
      name: '../../.profile',
      size: 5,
      mime: 'text/html" onload=',
    };
    expect(read(file)).toMatchObject({ name: 'profile', mime: '' });
  });
});

describe('a device that does not open', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'none'],
    ['NotReadableError', 'busy'],
    ['TypeError', 'insecure'],
  ])('%s means %s', (name, trouble) => {
    expect(deviceTrouble(Object.assign(new Error(), { name }))).toBe(trouble);
  });
});

describe('the dictionaries', () => {
  it('have the same texts, none of them empty', () => {
    expect(Object.keys(ko)).toEqual(Object.keys(en));
    for (const [key, text] of Object.entries(ko)) {
      const english: unknown = en[key as keyof typeof en];
      expect(typeof text, key).toBe(typeof english);
      if (typeof text === 'string') expect(text.trim(), key).not.toBe('');
      // What is not translated would be the same in both; a few words are.
      if (key !== 'debugBitrate') expect(text, key).not.toBe(english);
    }
  });

  it('are chosen by the user first, then by the browser', () => {
    expect(preferredLanguage('ko', ['en-US'])).toBe('ko');
    expect(preferredLanguage(undefined, ['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(preferredLanguage('xx', ['fr'])).toBe('en');
  });
});
