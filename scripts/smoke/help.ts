import { plannedRequests, type PlannedRequest } from '../../e2e/smoke/requests.ts';
import { userAgent } from '../../e2e/smoke/visitor.ts';

const line = ({ to, shown, why, most }: PlannedRequest): string =>
  `  ${to.join(', ').padEnd(16)} ${shown}\n${' '.repeat(19)}${why}; ` +
  (most === undefined ? 'until --streak in a row agree, 4 a second until then for at most --wait' : `at most ${most}`);

/** The part of `--help` about requests, generated from the same list that limits the checks. */
export const requestList = (): string => `
Requests, all of them GET, all with the user agent "${userAgent}":
${plannedRequests.map(line).join('\n')}
Counts are for each host. No request carries a session. Nothing else is sent: a check that tries is stopped.

With SMOKE_USERNAME and SMOKE_PASSWORD a browser signs this test user in to each app through Authentik, /api/me is
read 20 times with the session and 20 times after signing out, and the old cookie must be refused. That begins and ends
a session, as any visit does; the browser reads from the apps and talks with Authentik, and with nobody else.

--watch: each second, for each app, 4 x /api/_health/ready, 1 x /auth/oidc/login and 1 x /api/me.

Each answer must be complete within 10 s and 8 MiB. What --budget does not suffice for is listed as not checked, and that
is no verdict (2), unless a check has failed by then (1).

Reports: smoke.json, junit.xml; watch.html of --watch; traces of a failed sign-in, without secrets, in test-results.
Exit codes: 0 all well; 1 the product failed, also when a host does not answer or its certificate is not trusted;
2 wrong options, or the harness failed; 77 cannot run here.`;
