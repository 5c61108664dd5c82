import { person } from './client.ts';
import type { AnswerPage, Profile } from './code-flow.ts';

/** oauth2-mock-server has no pages: it takes everyone for signed in. */
export const noPages: AnswerPage = async (_profile, { url, html }) => {
  throw new Error(`${url} is a page, and none was expected: ${html}`);
};

/** Authentik's page asks its flow executor, and so does this: for the stage, then with the name and the password. */
export const answerAuthentik: AnswerPage = async (profile, { url }) => {
  const { origin, pathname, search } = new URL(url);
  const slug = /\/if\/flow\/([^/]+)\//.exec(pathname)?.[1] ?? '';
  const executor = `${origin}/api/v3/flows/executor/${slug}/?query=${encodeURIComponent(search.slice(1))}`;
  await execute(profile, executor);
  await execute(profile, executor, { component: 'ak-stage-identification', uid_field: person.username });
  const end = await execute(profile, executor, { component: 'ak-stage-password', password: person.password });
  if (end.to === undefined) throw new Error(`The sign-in ended with ${JSON.stringify(end)}`);
  return end.to;
};

async function execute(profile: Profile, executor: string, answer?: Record<string, string>): Promise<{ to?: string }> {
  const sent = answer && {
    method: 'POST',
    body: JSON.stringify(answer),
    headers: { 'content-type': 'application/json' },
  };
  let response = await profile.request(executor, sent);
  // The executor redirects to itself after each answer.
  for (let to = response.headers.get('location'); to !== null; to = response.headers.get('location')) {
    await response.text();
    response = await profile.request(new URL(to, executor).href);
  }
  return (await response.json()) as { to?: string };
}

/** oidc-provider's own pages: one form for the sign-in, one for the consent. Any name and password will do. */
export const answerOidcProvider: AnswerPage = async (profile, { url, html }) => {
  const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1];
  if (prompt === undefined) throw new Error(`${url} has no form: ${html}`);
  const response = await profile.request(url, {
    method: 'POST',
    body: new URLSearchParams({ prompt, login: person.username, password: person.password }),
  });
  await response.text();
  return response.headers.get('location') ?? url;
};
