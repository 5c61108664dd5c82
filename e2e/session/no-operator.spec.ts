import { groups } from '../../fixtures/people.ts';
import { expect, test } from '../index.ts';
import { expectSignOutEnd } from '../models/sign-out-end.ts';

const refusal = 'Only operators may see this.';

test(
  'a user who is not an operator sees why operator shows nothing, and can sign out',
  {
    tag: ['@no-operator-loops'],
  },
  async ({ authentikProfile, operator, newPerson, ledger }) => {
    await operator.signIn(await newPerson([groups.customers]));
    for (const path of ['/api/tenants', '/api/users']) {
      const answer = await operator.call(path);
      expect(answer.status(), `GET ${path}`).toBe(403);
      expect(((await answer.json()) as { message: string }).message, `message of GET ${path}`).toBe(refusal);
    }
    for (const path of ['/tenants', '/users']) {
      await operator.goto(path);
      await expect(operator.page, 'the page that was asked for').toHaveURL(operator.origin + path);
      const main = operator.page.getByRole('main');
      await expect(main.getByRole('alert'), `what ${path} says`).toHaveText(refusal);
      await expect(main, `what ${path} says to do`).toContainText('sign out and sign in with another account');
      await expect(main.getByRole('button', { name: 'Try again' }), 'what would be refused again').toHaveCount(0);
    }
    const signIns = await ledger.rows({ service: 'operator', path: '/auth/oidc/login' });
    expect(signIns, 'sign-ins that it took').toHaveLength(1);
    await operator.signOut();
    await expectSignOutEnd(operator, authentikProfile);
  },
);
