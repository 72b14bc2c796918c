import { expect, test } from 'vitest';
import { photoIn } from '../src/pure/photo';

const told = {
  type: 'snapshot',
  photoId: 'PH_0123abcd',
  takenAt: '2026-11-22T03:59:43.000Z',
  by: 'd-ada',
  byName: 'Ada',
};
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test('what the server says of a photo is read', () => {
  const at = Date.parse(told.takenAt);
  expect(photoIn(bytes(told))).toEqual({ photoId: 'PH_0123abcd', at, by: 'd-ada', byName: 'Ada' });
});

test('nothing else is taken for a photo', () => {
  for (const changed of [
    { type: 'chat' },
    { photoId: '../x' },
    { photoId: 7 },
    { takenAt: 'now' },
    { by: 'x'.repeat(200) },
    { by: undefined },
  ]) {
    expect(photoIn(bytes({ ...told, ...changed }))).toBeUndefined();
  }
  expect(photoIn(bytes(null))).toBeUndefined();
  expect(photoIn(new Uint8Array([255, 1]))).toBeUndefined();
});
