import { expect, test } from 'vitest';
import { passLoginFlow, type Challenge } from './login-flow.ts';

const page = 'https://auth.test/if/flow/our-login/?next=%2Fapplication%2Fo%2Fauthorize%2F';
const person = { username: 'ann', password: 'right' };

/** Completes a flow whose executor sends these challenges. @returns its requests, and the URL that it redirects to. */
async function pass(challenges: Challenge[]) {
  const asked: unknown[] = [];
  const to = await passLoginFlow(page, person, async (executor, answer) => {
    asked.push(answer ?? executor);
    return challenges.shift()!;
  });
  return { asked, to };
}

const executor = `https://auth.test/api/v3/flows/executor/our-login/?query=${encodeURIComponent('next=%2Fapplication%2Fo%2Fauthorize%2F')}`;
const end: Challenge = { component: 'xak-flow-redirect', to: '/application/o/authorize/' };

test('the flow of the page is passed, a stage at a time', async () => {
  const stages = [{ component: 'ak-stage-identification' }, { component: 'ak-stage-password' }, end];
  expect(await pass(stages)).toEqual({
    asked: [
      executor,
      { component: 'ak-stage-identification', uid_field: 'ann' },
      { component: 'ak-stage-password', password: 'right' },
    ],
    to: 'https://auth.test/application/o/authorize/',
  });
});

test('a flow that asks for name and password at once gets both', async () => {
  const { asked } = await pass([{ component: 'ak-stage-identification', password_fields: true }, end]);
  expect(asked.slice(1)).toEqual([{ component: 'ak-stage-identification', uid_field: 'ann', password: 'right' }]);
});

test('a flow that asks for nothing leads on', async () => {
  expect((await pass([end])).asked).toEqual([executor]);
});

test.each<[string, Challenge[]]>([
  ['ak-stage-captcha', [{ component: 'ak-stage-captcha' }]],
  [
    'ak-stage-password: Invalid password',
    [
      { component: 'ak-stage-password' },
      { component: 'ak-stage-password', response_errors: { password: [{ string: 'Invalid password' }] } },
    ],
  ],
])('it says that it got no further than %s', async (where, stages) => {
  await expect(pass(stages)).rejects.toThrow(`got no further than ${where}.`);
});
