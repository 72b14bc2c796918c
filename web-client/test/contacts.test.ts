import { describe, expect, it } from 'vitest';
import { MAX_CONTACTS, numberOf, readContacts, withContact } from '../src/pure/contacts';

describe('a contact', () => {
  const bob = { number: 'abcd-efgh-jkmn', name: 'Bob', instant: false };

  it.each(['abcd-efgh-jkmn', 'ABCDEFGHJKMN', ' abcd efgh jkmn '])('has the number %j', (typed) =>
    expect(numberOf(typed)).toBe('abcd-efgh-jkmn'),
  );

  it.each(['', 'abcd-efgh', 'abcd-efgh-jkm1', 'abcd-efgh-jkmnp', '../../etc/pa'])(
    'does not have the number %j',
    (typed) => expect(numberOf(typed)).toBeUndefined(),
  );

  it('is kept once, under its last name', () => {
    const two = withContact([bob], { number: 'zzzz-zzzz-zzzz', name: 'Ada', instant: true });
    expect(two.map(({ name }) => name)).toEqual(['Ada', 'Bob']);
    expect(withContact(two, { ...bob, name: 'Robert' }).map(({ name }) => name)).toEqual(['Ada', 'Robert']);
  });

  it('is read from what was kept, whatever that is', () => {
    expect(readContacts(undefined)).toEqual([]);
    expect(readContacts('{')).toEqual([]);
    expect(readContacts('{"number":1}')).toEqual([]);
    const kept = JSON.stringify([
      bob,
      null,
      { number: 'x', name: 'Eve' },
      { ...bob, name: '\u202e', instant: 1 },
    ]);
    expect(readContacts(kept)).toEqual([bob, { ...bob, name: 'abcd-efgh-jkmn' }]);
    const many = JSON.stringify(Array.from({ length: 200 }, () => bob));
    expect(readContacts(many).length).toBe(MAX_CONTACTS);
  });
});
