import { expect } from '../matchers/index.ts';
import { openSession, type ClaimFixtures } from './claim.ts';
import type { WebAppDescription } from './web-app.ts';

/** Requests per second, each on a connection of its own. */
const rate = 20;

/** A rolling restart under the traffic of a signed-in user: nobody is signed out, and no request fails. */
export const rollout =
  ({ name, calls: [path] }: WebAppDescription) =>
  async ({ app, fleet, newPerson, steadyTraffic }: ClaimFixtures) => {
    await openSession({ app, fleet, newPerson });
    const url = app.origin + path;
    const traffic = steadyTraffic({ url, cookie: await app.cookieHeader(), rate, connection: 'close' });
    await traffic.more(rate);
    await fleet.rollout(name);
    await traffic.more(rate);
    expect(await traffic.stop()).toAllSucceed();
    expect((await app.call(path)).status(), `GET ${path} after the rollout`).toBe(200);
  };
