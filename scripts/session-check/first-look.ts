import { request } from 'undici';
import type { CheckedApp } from '../../e2e/any-app/checked-app.ts';
import { agentThrough } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere } from '../../fleet/errors.ts';
import { oneApp } from '../../fleet/one-app/command-app.ts';
import { surroundingsOf } from '../../fleet/one-app/one-app.ts';

/** An app may redirect to a page of its own before it redirects to the provider. */
const mostRedirects = 3;
const timeoutMs = 10_000;
const linesInErrors = 15;

/**
 * Begins a sign-in and reads where it leads, so that an app that the claims cannot be tried on gets one sentence and not
 * nine. @returns the path where a sign-in ends.
 * @throws CannotRunHere that says what was seen, and what to try next.
 */
export async function firstLook(app: CheckedApp, fleet: Fleet): Promise<string> {
  const { signIn, calls, env } = app;
  const one = oneApp(app);
  const { origin, issuer } = surroundingsOf(one);
  const agent = agentThrough(fleet.edge);
  const refuse = async (sentence: string): Promise<never> => {
    const [pod] = await fleet.pods(one.name);
    const lines = pod ? await fleet.logs(pod.name, { tail: linesInErrors }) : [];
    const log = lines.length > 0 ? `\nThe last lines of its log:\n${lines.map((line) => `  ${line}`).join('\n')}` : '';
    throw new CannotRunHere(sentence + log);
  };
  const get = async (url: string) => {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      headersTimeout: timeoutMs,
      headers: { accept: 'text/html' },
    });
    await body.dump();
    const { 'x-edge-error': edgeError = '' } = headers;
    if (statusCode === 502)
      await refuse(
        `The app does not answer by HTTP on its port (${String(edgeError)}). Has it TLS of its own? The check ends TLS before the app: switch it off.`,
      );
    return { status: statusCode, location: headers.location ? new URL(`${headers.location}`, url) : undefined };
  };
  try {
    for (const path of calls) {
      const { status } = await get(origin + path);
      if (status === 404)
        await refuse(`There is no ${path}: the app answered 404. Give a path that it has: --protected <path>`);
    }
    let url = origin + signIn;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const { status, location } = await get(url);
      const asked = `GET ${url.replace(origin, '')}`;
      if (status === 404)
        await refuse(
          `There is no sign-in at ${url.replace(origin, '')}: the app answered 404. Give the path that begins one: --sign-in <path>`,
        );
      if (status >= 400)
        await refuse(
          `No sign-in begins: ${asked} was answered with ${status}. See its log; is a variable missing? --env 'NAME=value'`,
        );
      if (!location)
        return await refuse(
          `No sign-in begins: ${asked} was answered with ${status}, and redirects nowhere. If it is a page with a button, give the address to which the button leads: --sign-in <path>`,
        );
      if (location.origin === new URL(issuer).origin) {
        const back = URL.parse(location.searchParams.get('redirect_uri') ?? '');
        if (back?.origin === origin) return back.pathname;
        return await refuse(
          `The app asks the provider to come back to ${back?.href ?? 'nowhere'}, and it is at ${origin}. ` +
            "Its own address must come from its environment: --env 'NAME={origin}'",
        );
      }
      if (location.origin !== origin)
        return await refuse(
          `A sign-in leads to ${location.origin}, not to the provider of this check, ${issuer}. The issuer must come from ` +
            `the app's environment: --env 'NAME={issuer}'. It got: ${Object.keys(env).join(', ')}`,
        );
      url = location.href;
    }
    return await refuse(
      `A sign-in does not come to the provider: ${signIn} redirects ${mostRedirects} times inside the app.`,
    );
  } finally {
    await agent.close();
  }
}
