import { passLoginFlow, type Challenge } from '../../../e2e/models/login-flow.ts';
import { person } from './client.ts';
import type { AnswerPage, Profile } from './code-flow.ts';

/** oauth2-mock-server has no pages: it takes everyone for signed in. */
export const noPages: AnswerPage = async (_profile, { url, html }) => {
  throw new Error(`${url} is a page, and none was expected: ${html}`);
};

export const answerAuthentik: AnswerPage = (profile, { url }) =>
  passLoginFlow(url, person, (executor, answer) => execute(profile, executor, answer));

async function execute(
  profile: Profile,
  executor: string,
  answer?: Readonly<Record<string, string>>,
): Promise<Challenge> {
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
  return (await response.json()) as Challenge;
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
