import { bad, good, row, withStore, type ShowSymptom } from './symptom-context.ts';

/** Parallel calls with an expired access token: how many of them refresh it, and which fail. */
export const parallelRefresh: ShowSymptom<{ path: string; count: number }> = async (
  { app, fleet, person, authentik, say },
  { path, count },
) => {
  // A second refresh with the same token gets invalid_grant only when Authentik has rotated it.
  await authentik.changeProvider(app.name, { refreshThresholdSeconds: 0 });
  // Authentik lets refreshes at the same time all succeed when it is slow, and only one of them when it is fast.
  await authentik.setFault({ oneRefreshWins: true, username: person.username });
  await withStore(fleet, async (store) => {
    const [session] = await store.sessionsAddedBy(() => app.signIn(person));
    if (session) await store.expireAccessToken(session);
  });
  say(`\nThe access token of ${person.username} is expired. ${count} parallel calls of ${path}:\n`);
  say(row(['#', 4], ['pod', 28], ['status', 6]));
  const statuses = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const response = await app.call(`${path}?call=${index}`);
      const status = response.status();
      const pod = response.headers()['x-served-by'] ?? '';
      say(row([String(index + 1), 4], [pod, 28], [status >= 400 ? bad(String(status)) : good(String(status)), 6]));
      return status;
    }),
  );
  const grants = (await authentik.requests({ user: person.username })).requests.filter(
    ({ grantType }) => grantType === 'refresh_token',
  );
  const failed = statuses.filter((status) => status >= 400).length;
  say(`\n${grants.length} refreshes at Authentik (1 is right), ${failed} of ${count} calls failed.`);
  return grants.length !== 1 || failed > 0;
};
