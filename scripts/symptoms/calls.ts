import { bad, good, row, type ShowSymptom } from './symptom-context.ts';

/** Balanced API calls of one signed-in person: the response of each pod. */
export const calls: ShowSymptom<{ path: string; count: number }> = async ({ app, person, say }, { path, count }) => {
  await app.signIn(person);
  say(`\n${person.username} is signed in at ${app.origin}. ${count} balanced calls of ${path}:\n`);
  say(row(['#', 4], ['request', 18], ['pod', 28], ['status', 6]));
  let failed = 0;
  for (let call = 1; call <= count; call += 1) {
    const response = await app.call(`${path}?call=${call}`);
    const status = response.status();
    if (status >= 400) failed += 1;
    const pod = response.headers()['x-served-by'] ?? '';
    say(
      row(
        [String(call), 4],
        [`GET ${path}`, 18],
        [pod, 28],
        [status >= 400 ? bad(String(status)) : good(String(status)), 6],
      ),
    );
  }
  say(`\n${failed} of ${count} failed (${Math.round((100 * failed) / count)} %).`);
  return failed > 0;
};
