import { expect, test } from 'vitest';
import { namesOf } from './session-keys.ts';

test('a session is named by the hashes of sid and sub, never by themselves', () => {
  const names = namesOf({ sid: 'session', sub: 'anna@example.org' });
  expect(names).toEqual([expect.stringMatching(/^sid:[\w-]{43}$/), expect.stringMatching(/^sub:[\w-]{43}$/)]);
  expect(namesOf({ sub: 'anna@example.org' })).toEqual(names.slice(1));
  expect(namesOf({ sid: '', sub: undefined })).toEqual([]);
});

test('the hashes are those of earlier releases, whose sessions would not be found by others', () => {
  expect(namesOf({ sid: 'session', sub: 'person' })).toEqual([
    'sid:Pzrx7Ou9FBCrQX7A0nu_y100Dhd64Vm1n8hibC39kXU',
    'sub:OKgeh-eWMeYCv1-9MHzi_NOCsWcMWF6gkDKqx3ioBTE',
  ]);
});

test('sid and sub of the same value are different names', () => {
  const [sid, sub] = namesOf({ sid: 'same', sub: 'same' });
  expect(sid?.slice(4)).toBe(sub?.slice(4));
  expect(sid).not.toBe(sub);
});
