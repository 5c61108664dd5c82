import type { LedgerRow } from '../../fleet/edge/row.ts';
import { expect } from '../matchers/index.ts';
import { expectEndsSignedIn, expectSignInWorks, signInOnOnePod, type ClaimFixtures } from './claim.ts';
import { twoPods } from './two-pods.ts';
import { pathOf, type WebAppDescription } from './web-app.ts';

/** An address that the ledger shows apart from others of its path. */
const numbered = (path: string, call: number): string => `${path}${path.includes('?') ? '&' : '?'}call=${call}`;

type OpenedSession = Pick<ClaimFixtures, 'app' | 'fleet' | 'ledger' | 'newPerson'>;

/** A session works on every pod, whichever pod signed its user in. */
export const crossPod = ({ name, signIn: begin, callback, calls, namesPods }: WebAppDescription) => {
  const signIn = pathOf(begin);
  const podOf = ({ servedBy, pod }: LedgerRow) => (namesPods ? servedBy : pod);

  return {
    /** 40 balanced calls: none is refused, and both pods serve the session. */
    balancedCalls: async ({ app, fleet, newPerson, ledger }: ClaimFixtures) => {
      await signInOnOnePod({ app, fleet, newPerson });
      for (let call = 0; call < 40; call += 1) {
        // Twice each, because a balancer in turn would send every path to the same pod.
        await app.call(numbered(calls[Math.floor(call / 2) % calls.length] ?? calls[0], call));
      }

      const rows = (await ledger.rows({ service: name })).filter(({ url }) => new URL(url).searchParams.has('call'));
      expect(rows, `calls that came to ${name}`).toHaveLength(40);
      expect(rows).toAllSucceed();
      expect(rows).toSpanPods(2);
    },

    /** After a sign-in on one pod every call works on the other. @param openPages before the calls */
    onTheOtherPod: async ({ app, fleet, ledger, newPerson }: OpenedSession, openPages?: () => Promise<void>) => {
      const [a, b] = await twoPods(fleet, name);
      await app.pinTo(a);
      await app.signIn(await newPerson());
      await app.pinTo(b);
      await openPages?.();
      for (const path of calls) expect((await app.call(path)).status(), path).toBe(200);

      const rows = await ledger.rows({ service: name });
      const isOfSignIn = ({ url }: LedgerRow) => [signIn, callback].includes(new URL(url).pathname);
      expect(rows.filter((row) => row.session !== '' && !isOfSignIn(row))).toSpanPods(2);
    },

    /** A sign-in that starts on one pod completes on the other. */
    signInAcrossPods: async ({ app, fleet, newPerson, ledger }: ClaimFixtures) => {
      expectSignInWorks(app);
      const [a, b] = await twoPods(fleet, name);
      // One after the other, because a sign-in may begin and end at the same path.
      await app.pinPaths([[signIn, a]]);
      await app.startSignIn();
      await app.pinPaths([[callback, b]]);
      await app.logIn(await newPerson());
      await expectEndsSignedIn(app, ledger);

      const start = (await ledger.rows({ service: name, path: signIn })).at(0);
      const end = (await ledger.rows({ service: name, path: callback })).at(-1);
      expect([start, end].map((row) => row && podOf(row))).toEqual([a, b]);
      for (const pod of [a, b]) expect((await app.call(calls[0], { pod })).status(), pod).toBe(200);
    },
  };
};
