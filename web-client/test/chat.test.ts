import { beforeEach, describe, expect, it } from 'vitest';
import { Chat, type ChatLine } from '../src/call/chat';
import { decode, encode } from '../src/call/messages';
import { partsOf, whomToAsk } from '../src/call/pastChat';
import { callState } from '../src/call/callState';
import { Clocks } from '../src/pure/clocks';

const line = (id: string, at: number, text = `line ${id}`): ChatLine => ({
  id,
  at,
  who: 'ada',
  name: 'Ada',
  mine: false,
  text,
});

describe('the chat of before', () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    kept.clear();
    globalThis.sessionStorage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    } as unknown as Storage;
  });

  it('is told with its last hundred lines, in parts that fit into messages', () => {
    const lines = Array.from({ length: 150 }, (_, index) => line(`${index}`, index, 'x'.repeat(1000)));
    const parts = partsOf(lines);
    expect(parts.flat().length).toBe(100);
    expect(parts.flat()[0]?.id).toBe('149');
    for (const part of parts) {
      const message = encode({ type: 'chat-so-far', lines: part, last: false });
      expect(message.length).toBeLessThan(13_000);
      expect(decode(message)).toEqual({ type: 'chat-so-far', lines: part, last: false });
    }
  });

  it('is never more than a page sends without being felt, and one part at least', () => {
    const lines = Array.from({ length: 100 }, (_, index) => line(`${index}`, index, '가'.repeat(4000)));
    const bytes = partsOf(lines)
      .map((part) => encode({ type: 'chat-so-far', lines: part, last: true }).length)
      .reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThan(130_000);
    expect(partsOf([])).toEqual([[]]);
  });

  it('goes between the lines that are there, each once', () => {
    const chat = new Chat('abcd-efgh');
    chat.add(line('b', 20));
    chat.insert([line('c', 30), line('b', 20), line('a', 10)]);
    chat.insert([line('a', 10)]);
    expect(chat.lines.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(new Chat('abcd-efgh').lines.length).toBe(3);
  });

  it('is asked of the host, then of who has been there longest', () => {
    const person = (identity: string, joinedMillis: number, isHost = false) => ({
      identity,
      joinedMillis,
      isHost,
    });
    const people = [person('d', 4), person('b', 2), person('c', 3), person('host', 9, true)];
    expect(whomToAsk(people)).toEqual(['host', 'b', 'c']);
    expect(whomToAsk([])).toEqual([]);
  });

  it('is read without what does not belong into it', () => {
    const told = {
      type: 'chat-so-far',
      last: 'yes',
      lines: [
        { id: 'a', at: 1, who: 'ada', name: 'Ada\u202egnp', text: 'hello', mine: true },
        { id: '../a', at: 1, who: 'ada', name: 'Ada', text: 'hello' },
        { id: 'b', at: 'x', who: 'ada', name: 'Ada', text: 'hello' },
        { id: 'c', at: 1, who: '', name: 'Ada', text: 'hello' },
        {
          id: 'd',
          at: 2,
          who: 'bob',
          name: 7,
          file: { id: 'f', name: '../../x.txt', size: 3, mime: 'text/plain' },
        },
        { id: 'e', at: 2, who: 'bob', name: 'Bob', file: { id: 'f', name: 'x', size: -1 } },
        null,
      ],
    };
    expect(decode(new TextEncoder().encode(JSON.stringify(told)))).toEqual({
      type: 'chat-so-far',
      last: false,
      lines: [
        { id: 'a', at: 1, who: 'ada', name: 'Ada gnp', text: 'hello' },
        {
          id: 'f',
          at: 2,
          who: 'bob',
          name: '',
          file: { id: 'f', name: 'x.txt', size: 3, mime: 'text/plain' },
        },
      ],
    });
    const many = { ...told, lines: Array.from({ length: 101 }, () => told.lines[0]) };
    expect(decode(new TextEncoder().encode(JSON.stringify(many)))).toBeUndefined();
  });
});

describe('the clocks of others', () => {
  it('do not matter to what comes at once', () => {
    const clocks = new Clocks();
    expect(clocks.saidAt('ada', 1_000, 601_000, false)).toBe(601_000);
    expect(clocks.saidAt('ada', 2_000, 602_050, false)).toBe(602_000);
  });

  it('say when something was said that was held up', () => {
    const clocks = new Clocks();
    clocks.saidAt('ada', 1_000, 601_000, false);
    expect(clocks.saidAt('ada', 3_000, 640_000, false)).toBe(603_000);
    expect(clocks.saidAt('ada', 4_000, 640_000, true)).toBe(604_000);
  });

  it('are not learned from what is repeated', () => {
    const clocks = new Clocks();
    expect(clocks.saidAt('ada', 1_000, 31_000, true)).toBe(1_000);
    expect(clocks.saidAt('ada', 32_000, 33_000, false)).toBe(33_000);
    expect(clocks.saidAt('bob', 99_000, 33_000, true)).toBe(33_000);
  });
});

describe('what is said of the call', () => {
  it('is read from metadata of any kind', () => {
    const open = {
      title: 'Tea',
      topology: 'sfu',
      locked: false,
      lobby: false,
      passwordNeeded: false,
      broadcast: false,
      keepChat: false,
    };
    expect(callState(undefined, 'Tea')).toEqual(open);
    expect(callState('null', 'Tea')).toEqual(open);
    expect(callState('{', 'Tea')).toEqual(open);
    expect(
      callState('{"lobby":true,"passwordNeeded":true,"title":"Coffee","locked":1,"keepChat":true}', 'Tea'),
    ).toEqual({
      title: 'Coffee',
      locked: false,
      lobby: true,
      passwordNeeded: true,
      broadcast: false,
      topology: 'sfu',
      keepChat: true,
    });
  });
});
