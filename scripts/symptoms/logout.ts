import { decodeJwt } from 'jose';
import { sessionKeyPattern } from '../../e2e/contract.ts';
import { origin } from '../../fleet/hosts.ts';
import { bad, good, row, withStore, type ShowSymptom } from './symptom-context.ts';

/** The addresses of a sign-out, and the response of each pod to the old cookie afterwards. */
export const logout: ShowSymptom<object> = async ({ app, fleet, context, person, say }) => {
  await app.signIn(person);
  const cookie = await app.cookieHeader();
  say(`\n${person.username} is signed in at ${app.origin} and signs out:\n`);
  const hops = await app.signOut();
  const fleetHosts = new Set<string>(Object.values(fleet.hosts));
  for (const { url } of hops) {
    const address = `${url.origin}${url.pathname}`;
    say(`  ${fleetHosts.has(url.host) ? good(address) : bad(`${address}  (not a host of this environment)`)}`);
    const hint = url.searchParams.get('id_token_hint');
    if (hint)
      say(`    id_token_hint             for ${String(decodeJwt(hint).aud)}, from ${String(decodeJwt(hint).iss)}`);
    const back = url.searchParams.get('post_logout_redirect_uri');
    if (back) say(`    post_logout_redirect_uri  ${back}`);
  }
  const endSession = hops.find(({ url }) => url.pathname.includes('/end-session/'))?.url;
  const faults = [
    endSession?.host !== fleet.hosts.auth && `the end-session request did not go to ${origin(fleet.hosts.auth)}`,
    !endSession?.searchParams.get('id_token_hint') && 'there was no id_token_hint',
    app.page.url() !== `${app.origin}/signed-out` && `the browser ended at ${app.page.url().split('?')[0]}`,
  ].filter((fault) => fault !== false);

  say(`\nThe cookie from before, replayed:\n`);
  const stranger = await context.browser()?.newContext({ proxy: { server: fleet.edge.proxyUrl } });
  for (const { name: pod } of await fleet.pods(app.name)) {
    const replay = await stranger?.request.get(`${app.origin}/api/me`, {
      headers: { cookie, 'x-edge-pin': pod },
      maxRedirects: 0,
    });
    const status = replay?.status() ?? 0;
    say(row(['  GET /api/me', 14], [pod, 28], [status === 401 ? good('401') : bad(String(status)), 6]));
    if (status !== 401) faults.push(`the old cookie still works on ${pod}`);
  }
  const left = await withStore(fleet, async (store) =>
    (await store.keys()).filter(({ key }) => sessionKeyPattern(app.name).test(key)),
  );
  for (const { db, key } of left) {
    say(`  ${bad('still in Redis')}  db ${db}  ${key}`);
    faults.push(`${key} is still in Redis`);
  }
  say(faults.length > 0 ? `\n${faults.join('; ')}.` : '\nSigned out everywhere.');
  return faults.length > 0;
};
