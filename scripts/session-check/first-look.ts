import { request } from 'undici';
import { redact } from '../../e2e/report/redact.ts';
import { discoveryUrl } from '../../e2e/claims/discovery-url.ts';
import type { CheckedApp } from '../../e2e/any-app/checked-app.ts';
import { agentThrough } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere } from '../../fleet/errors.ts';
import { oneLine } from '../../fleet/one-line.ts';
import { oneApp } from '../../fleet/one-app/command-app.ts';
import { surroundingsOf } from '../../fleet/one-app/one-app.ts';
import { interruption } from '../command/interruption.ts';
import { refusedByProvider } from './refused-by-provider.ts';
import { ofLog } from './why-not-started.ts';

/** An app may redirect to a page of its own before it redirects to the provider. */
const mostRedirects = 3;
const timeoutMs = 10_000;

/**
 * Begins a sign-in and reads where it leads, so that an app that the claims cannot be tried on gets one sentence and not
 * nine. @returns the path where a sign-in ends.
 * @throws CannotRunHere that says what was seen, and what to try next.
 */
export async function firstLook(app: CheckedApp, fleet: Fleet, secrets: readonly string[] = []): Promise<string> {
  const { signIn, calls, env } = app;
  const one = oneApp(app);
  const { origin, issuer } = surroundingsOf(one);
  const agent = agentThrough(fleet.edge);
  const refuse = async (sentence: string): Promise<never> => {
    const [pod] = await fleet.pods(one.name);
    const lines = pod ? await fleet.logs(pod.name, { tail: 15 }) : [];
    const log = lines.length > 0 ? `\nThe last lines of its log:\n${ofLog(lines)}` : '';
    throw new CannotRunHere(redact(sentence + log, secrets));
  };
  const get = async (url: string) => {
    const asked = `GET ${url.replace(origin, '')}`;
    const signal = AbortSignal.any([interruption, AbortSignal.timeout(timeoutMs)]);
    const response = await request(url, { dispatcher: agent, signal, headers: { accept: 'text/html' } }).catch(
      (cause: Error) => {
        interruption.throwIfAborted();
        const what = cause.name === 'TimeoutError' ? `within ${timeoutMs / 1000} s` : `(${cause.message})`;
        return refuse(`${asked} is not answered ${what}.`);
      },
    );
    const { statusCode: status, headers, body } = response;
    // It may never end.
    body.on('error', () => {}).destroy();
    if (status === 502)
      await refuse(
        `The app does not answer by HTTP on its port (${String(headers['x-edge-error'] ?? '')}). Has it TLS of its own? The check ends TLS before the app: switch it off.`,
      );
    const location = headers.location === undefined ? undefined : URL.parse(`${headers.location}`, url);
    if (location === null)
      await refuse(`${asked} redirects to "${oneLine(`${headers.location}`)}", which is no address.`);
    return { status, location: location ?? undefined };
  };
  try {
    const loginOrigin = new URL(app.provider ? await authorizationEndpoint(issuer, refuse) : issuer).origin;
    for (const path of calls) {
      const { status } = await get(origin + path);
      if (status === 404)
        await refuse(`There is no ${path}: the app answered 404. Give a path that it has: --protected <path>`);
      if (status < 300)
        await refuse(
          `GET ${path} was answered ${status} without a session, so that it shows nothing about sessions. Give a path that answers 200 to a signed-in user alone: --protected <path>`,
        );
    }
    let url = origin + signIn;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const { status, location } = await get(url);
      const asked = `GET ${url.replace(origin, '')}`;
      if (status === 404)
        await refuse(
          `There is no sign-in at ${url.replace(origin, '')}: the app answered 404. Give the path that begins one: --sign-in <path>`,
        );
      if (status === 503 && !app.ready)
        await refuse(
          `No sign-in begins: ${asked} was answered with 503. If the app listens before it can serve, name what answers 200 from then on: --ready <path>`,
        );
      if (status >= 400)
        await refuse(
          `No sign-in begins: ${asked} was answered with ${status}. See its log; is a variable missing? --env 'NAME=value'`,
        );
      if (!location)
        return await refuse(
          `No sign-in begins: ${asked} was answered with ${status}, and redirects nowhere. If it is a page with a button, give the address to which the button leads: --sign-in <path>`,
        );
      if (location.origin === loginOrigin) {
        const back = URL.parse(location.searchParams.get('redirect_uri') ?? '');
        if (back?.origin === origin) {
          const signal = AbortSignal.any([interruption, AbortSignal.timeout(timeoutMs)]);
          const refusal = await refusedByProvider(location, app.provider ? undefined : agent, signal);
          if (refusal) await refuse(`No sign-in ends: ${refusal}`);
          return back.pathname;
        }
        if (!back && location.searchParams.has('request_uri'))
          return await refuse(
            'The app pushes its authorization requests (RFC 9126), so that its callback is not seen. Switch that off for the check.',
          );
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

/** Where a provider that is no part of the check takes sign-ins, which may be another host than its issuer's. */
async function authorizationEndpoint(issuer: string, refuse: (sentence: string) => Promise<never>): Promise<string> {
  const url = discoveryUrl(issuer);
  const asked = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).catch((cause: Error) => cause);
  const { authorization_endpoint: endpoint } =
    asked instanceof Response && asked.ok
      ? ((await asked.json().catch(() => ({}))) as { authorization_endpoint?: unknown })
      : {};
  if (typeof endpoint === 'string' && URL.canParse(endpoint)) return endpoint;
  const seen = asked instanceof Response ? `was answered ${asked.status}` : `is not answered (${reasonOf(asked)})`;
  return refuse(
    `Your provider has no discovery document: GET ${url} ${seen}, without an authorization_endpoint. Correct provider.issuer.`,
  );
}

const reasonOf = ({ message, cause }: Error): string => (cause instanceof Error ? cause.message : message);
