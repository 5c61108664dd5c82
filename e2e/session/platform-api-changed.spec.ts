import { sessionApp } from '../../apps/environment/apps.ts';
import { everyApp } from '../../fleet/product/every-app.ts';
import type { Variant } from '../fixtures/types.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { twoPods } from '../claims/two-pods.ts';

const appName = layerApp('operator');

/** As from a platform-api of another release: every route answers 200 with the JSON of its liveness. */
const variant: Variant = {
  changes: [{ env: everyApp('NUXT_PLATFORM_API_URL', 'http://platform-api/health/live?') }],
};

test.use({ variant, appName, needs: ['variants', 'store'] });

test(
  'an answer of platform-api that the app does not understand is a 502, and the log says what is wrong with it',
  { tag: ['@unexpected-answer-logs-token', '@unexpected-answer-passed'] },
  async ({ fleet, newHttpSession }) => {
    const [pod] = await twoPods(fleet, appName);
    const { call } = await newHttpSession(appName);
    for (const path of sessionApp[appName].api.filter((each) => each !== '/api/me')) {
      const answer = await call(path, pod);
      expect(`${answer.status()} ${path}`, 'the answer').toBe(`502 ${path}`);
      expect(await answer.json(), `what ${path} says`).toMatchObject({
        message: 'This cannot be loaded right now. Please try again in a moment.',
      });
    }
    expect((await fleet.logs(pod)).join('\n'), `the log of ${pod}`).toMatch(
      /^GET \/v1\/\w+ \(request \S+\): unexpected response of platform-api: \S/m,
    );
  },
);
