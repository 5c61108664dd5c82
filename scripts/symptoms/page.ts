import { hostNamesOf } from '../../e2e/models/host-names.ts';
import { bad, good, row, type ShowSymptom } from './symptom-context.ts';

/** The host names on a page, compared with those of this environment. */
export const page: ShowSymptom<{ path: string }> = async ({ app, fleet, person, say }, { path }) => {
  await app.signIn(person);
  await app.goto(path);
  say(`\nHosts that ${app.origin}${path} names:\n`);
  const ours = new Set<string>(Object.values(fleet.hosts));
  const named = await hostNamesOf(app.page);
  for (const host of named)
    say(row([`  ${host}`, 32], [ours.has(host) ? good('of this environment') : bad('foreign'), 20]));
  return named.some((host) => !ours.has(host));
};
