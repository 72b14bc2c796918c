import { afterEach, describe, expect, it, vi } from 'vitest';
import { CallError, calls } from '../src/api/calls';
import { en } from '../src/words/en';
import { ko } from '../src/words/ko';
import { problemText, ringProblemText } from '../src/words/problems';

const said = (code: string, status: number, seconds = 0) =>
  problemText(new CallError(code, status, seconds), en);

describe('a form', () => {
  it.each([
    ['busy', 503],
    ['too-many-calls', 503],
    ['overloaded', 503],
    ['room-timeout', 504],
    ['failed', 502],
    ['of-a-newer-server', 503],
  ])('says of %s (%i) that the server is busy, and when to try again', (code, status) => {
    expect(said(code, status, 7)).toBe('The server is busy. Try again in 7 s.');
    expect(said(code, status)).toBe('The server is busy. Try again in 5 s.');
  });

  it.each(['too-many-requests', 'too-many-calls', 'too-many-codes', 'of-a-newer-server'])(
    'says of %s when to ask again',
    (code) => {
      expect(said(code, 429, 30)).toBe('Too many requests. Try again in 30 s.');
      expect(said(code, 429)).toBe('Too many requests. Try again in 1 s.');
    },
  );

  it('tells who guesses passwords when to try again', () => {
    expect(said('password', 401)).toBe('That is not the password.');
    expect(said('too-many-attempts', 429, 31)).toBe('Too many tries. Try again in 31 s.');
  });

  it('does not call the server busy for a lobby that is full', () =>
    expect(said('lobby-full', 503, 5)).toBe('Too many requests. Try again in 5 s.'));

  it('has no better word for what is nobody’s haste', () => {
    expect(said('network', 0)).toBe('The server cannot be reached. Are you online?');
    expect(said('internal', 500)).toBe('That did not work.');
    expect(problemText(new TypeError('a mistake of the page'), en)).toBe('That did not work.');
  });

  it('tells who rings somebody what the call came to', () => {
    const rung = (code: string, status: number, seconds = 0) =>
      ringProblemText(new CallError(code, status, seconds), en);
    expect(rung('ring-not-found', 404)).toBe('This call is over.');
    expect(rung('own-number', 422)).toBe('This is your own number.');
    // Of one's own name, for example.
    expect(rung('invalid-field', 422)).toBe('That did not work.');
    expect(rung('too-many-calls', 429, 6)).toBe('Too many requests. Try again in 6 s.');
    expect(rung('busy', 503, 7)).toBe('The server is busy. Try again in 7 s.');
    expect(ringProblemText(new TypeError('a mistake of the page'), en)).toBe('That did not work.');
  });

  it('says it in Korean', () => {
    const busy = problemText(new CallError('room-timeout', 504, 0), ko);
    expect(busy).toBe('서버가 지금 바쁩니다. 5초 뒤에 다시 시도해 주세요.');
    expect(problemText(new CallError('too-many-requests', 429, 30), ko)).toContain('30초');
  });
});

describe('an answer of the server', () => {
  afterEach(() => vi.unstubAllGlobals());

  const refused = async (status: number, headers: Record<string, string>, body: string) => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status, headers })));
    return problemText(await calls.look('abcd-efgh').catch((failed: unknown) => failed), en);
  };

  it('is read with its word and its pause', async () =>
    expect(await refused(503, { 'retry-after': '8' }, '{"type":"urn:sluice:problem:busy"}')).toBe(
      'The server is busy. Try again in 8 s.',
    ));

  it('may be that of a proxy, which knows none of our words', async () => {
    expect(await refused(503, {}, '<html>')).toBe('The server is busy. Try again in 5 s.');
    expect(await refused(429, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, '')).toBe(
      'Too many requests. Try again in 1 s.',
    );
  });
});
