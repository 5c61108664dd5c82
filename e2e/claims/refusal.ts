import { expect } from '../matchers/index.ts';
import { apiHeaders } from './web-app.ts';
import type { ClaimFixtures } from './claim.ts';
import { twoPods } from './two-pods.ts';
import type { WebAppDescription } from './web-app.ts';

/** Without a session an API call gets 401 or 403 on every pod, and a POST is not redirected into a GET. */
export const refusal =
  ({ name, calls }: WebAppDescription) =>
  async ({ app, fleet }: ClaimFixtures) => {
    for (const pod of await twoPods(fleet, name)) {
      for (const path of calls) {
        const status = (await app.call(path, { pod })).status();
        expect(
          [401, 403].includes(status),
          `GET ${path} without a session is not refused with 401 or 403: ${pod} answered ${status}`,
        ).toBe(true);
        const headers = apiHeaders(pod);
        const sent = (
          await app.context.request.post(app.origin + path, { headers, data: {}, maxRedirects: 0 })
        ).status();
        // RFC 9110 sections 15.4.2 to 15.4.4: these turn a POST into a GET, and its body is lost.
        expect(
          [301, 302, 303].includes(sent),
          `POST ${path} without a session is redirected into a GET: ${pod} answered ${sent}`,
        ).toBe(false);
      }
    }
  };
