import { describe, expect, test } from 'vitest';
import { Model, type AuthentikState, type ModelSession } from './model.ts';

const place = { browser: 'laptop', app: 'operator' } as const;

function signedIn(): { model: Model; session: ModelSession } {
  const model = new Model();
  return { model, session: model.signedIn(place, 'anna') };
}

describe('what a request leads to', () => {
  const tokens = {
    good: {},
    due: { due: true },
    unsure: { token: 'unsure' },
    'used up': { token: 'used up' },
  } as const;

  test.each<[string, keyof typeof tokens, AuthentikState, string]>([
    ['held', 'good', 'well', 'served'],
    ['held', 'due', 'failing', 'served'],
    ['held', 'due', 'very slow', 'served'],
    ['held', 'unsure', 'failing', 'served or unavailable'],
    ['held', 'used up', 'failing', 'unavailable'],
    ['held', 'used up', 'very slow', 'unavailable or served'],
    ['revoked', 'good', 'well', 'served'],
    ['revoked', 'due', 'well', 'refused'],
    ['revoked', 'due', 'failing', 'served'],
    ['revoked', 'due', 'very slow', 'served or refused'],
    ['revoked', 'unsure', 'well', 'served or refused'],
    ['revoked', 'used up', 'well', 'refused'],
  ])('with tokens that are %s and %s while Authentik is %s: %s', (revoked, state, authentik, outcomes) => {
    const { model, session } = signedIn();
    if (revoked === 'revoked') model.revoked('anna');
    Object.assign(session, tokens[state]);
    model.authentik = authentik;
    expect([...new Set(model.outcomes(session))].join(' or ')).toBe(outcomes);
  });

  test('a session that was refused once is refused for ever', () => {
    const { model, session } = signedIn();
    model.revoked('anna');
    session.due = true;
    model.saw(session, 'refused');
    expect(model.outcomes(session)).toEqual(['refused']);
    expect([model.living, model.ended]).toEqual([[], [session]]);
  });

  test('a renewal makes the token good, and unsure while clocks differ', () => {
    const { model, session } = signedIn();
    Object.assign(session, { due: true, unused: true });
    model.saw(session, 'served');
    expect(session).toMatchObject({ due: false, unused: false, token: 'good' });
    model.clockSeconds = 240;
    session.due = true;
    model.saw(session, 'served');
    expect(session).toMatchObject({ due: false, token: 'unsure' });
  });

  test('a request that Authentik keeps waiting changes nothing that is certain', () => {
    const { model, session } = signedIn();
    session.due = true;
    model.authentik = 'failing';
    model.saw(session, 'served');
    expect(session).toMatchObject({ due: true, token: 'good' });
    model.authentik = 'very slow';
    model.saw(session, 'served');
    expect(session).toMatchObject({ due: false, token: 'unsure' });
  });
});

describe('how a session ends', () => {
  test('a sign-in ends the previous session of its place, and no other', () => {
    const { model, session } = signedIn();
    const elsewhere = model.signedIn({ ...place, browser: 'phone' }, 'anna');
    const next = model.signedIn(place, 'ben');
    expect(session.over).toBe(true);
    expect([model.at(place), model.livingAt(place), elsewhere.over]).toEqual([next, next, false]);
  });

  test.each([
    ['operator', 6, { due: true, unused: true, idle: false, over: false }, 'served'],
    ['operator', 13, { idle: true, over: false }, 'refused'],
    ['portal', 13, { due: true, unused: true, idle: false, over: false }, 'served'],
    ['portal', 400, { over: true }, 'refused'],
  ] as const)('nobody uses %s for %i hours', (app, hours, state, outcome) => {
    const model = new Model();
    const session = model.signedIn({ browser: 'laptop', app }, 'anna');
    model.leave(session, hours);
    expect(session).toMatchObject(state);
    expect(model.outcomes(session)).toEqual([outcome]);
  });

  test('a key that Authentik drops makes good tokens unsure; one that stays does not', () => {
    const { model, session } = signedIn();
    model.keysChanged(true);
    expect(session.token).toBe('good');
    model.keysChanged(false);
    expect(session.token).toBe('unsure');
  });
});
