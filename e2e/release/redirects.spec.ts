import { request as directRequest } from 'undici';
import type { APIRequestContext } from '@playwright/test';
import { appHosts, appNames } from '../../apps/environment/apps.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { isKind } from '../../fleet/manifests/objects.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { challengePath } from '../models/acme-solver.ts';
import { shows } from '../requirements/requirements.ts';

/** The local edge redirects like Traefik but is not Traefik, so these tests need Kubernetes. */
const traefiks = { needs: ['kubernetes'] } as const;

/** Summary of a response. HSTS has no effect on plain http (RFC 6797 section 7.2). */
interface Answer {
  status: number;
  location: string;
  hsts: string;
}

async function answerTo(request: APIRequestContext, method: string, url: string): Promise<Answer> {
  const answer = await request.fetch(url, { method, maxRedirects: 0, ...(method === 'POST' ? { data: 'a=1' } : {}) });
  const { location = '', 'strict-transport-security': hsts = '' } = answer.headers();
  return { status: answer.status(), location, hsts };
}

const redirected = (host: string, path: string, status = 301): Answer => ({
  status,
  location: `https://${host}${path}`,
  hsts: '',
});
const served: Answer = { status: 200, location: '', hsts: '' };

/** The message contains the actual response, because a matrix shows only its first line. */
function expectAnswer(asked: string, answer: Answer, wanted: Answer): void {
  const { status, location, hsts } = answer;
  expect(answer, `${asked}: ${status}${location && ` to ${location}`}${hsts && `, with HSTS ${hsts}`}`).toEqual(wanted);
}

for (const role of appHosts) {
  test.describe(role, () => {
    const path = '/a/b%20c?page=2&to=%2Fd';

    test(
      'GET on plain http redirects to https with its host, path and query',
      { tag: ['@no-https-redirect'], annotation: shows('RFC 9700 2.6 responses') },
      async ({ request, fleet }) => {
        const host = fleet.hosts[role];
        const url = `http://${host}${path}`;
        expectAnswer(`GET ${url}`, await answerTo(request, 'GET', url), redirected(host, path));
      },
    );

    test(
      'POST on plain http redirects to https and stays a POST',
      { tag: ['@no-https-redirect'] },
      async ({ request, fleet }) => {
        const host = fleet.hosts[role];
        // Only 308 forbids a client to change the method to GET (RFC 9110 section 15.4.9).
        const url = `http://${host}${path}`;
        expectAnswer(`POST ${url}`, await answerTo(request, 'POST', url), redirected(host, path, 308));
      },
    );
  });
}

test.describe('with an HTTP-01 solver', () => {
  test.use(traefiks);

  for (const app of appNames) {
    test.describe(app, () => {
      test(
        'an HTTP-01 challenge is answered on plain http by its solver',
        { tag: ['@global-redirect', '@acme-challenge-redirected'] },
        async ({ request, fleet, newChallenge }) => {
          const { host, token, keyAuthorization } = await newChallenge(fleet.hosts[app]);
          const url = `http://${host}${challengePath(token)}`;
          expectAnswer('the challenge on plain http', await answerTo(request, 'GET', url), served);
          expect(await (await request.get(url)).text(), 'the key authorization').toBe(keyAuthorization);
        },
      );
    });
  }

  test(
    'an unknown token, and one of another host, redirect like any other path',
    { tag: ['@no-https-redirect'] },
    async ({ request, fleet: { hosts }, newChallenge }) => {
      const { token } = await newChallenge(hosts.operator);
      // cert-manager's Ingress has the exact path of the token, so an unknown token never reaches the solver.
      for (const [host, path] of [
        [hosts.operator, challengePath(`${token.slice(0, -1)}.`)],
        [hosts.portal, challengePath(token)],
      ] as const) {
        const url = `http://${host}${path}`;
        expectAnswer(`GET ${url}`, await answerTo(request, 'GET', url), redirected(host, path));
      }
    },
  );
});

/** One GET directly to an ingress. The edge would replace the forwarded scheme. */
async function requestIngress(fleet: Fleet, service: string, headers: Record<string, string>): Promise<Answer> {
  const { host, port } = await fleet.reach(service, 80);
  const answer = await directRequest(`http://${host}:${port}/sign-in`, {
    headers: { host: fleet.hosts.operator, ...headers },
  });
  await answer.body.dump();
  // The app sends HSTS here, because the proxy in front reports https.
  return { status: answer.statusCode, location: String(answer.headers.location ?? ''), hsts: '' };
}

test.describe('X-Forwarded-Proto', () => {
  test.use(traefiks);

  test(
    'a client that claims https is redirected anyway',
    { tag: ['@forwarded-proto-believed'], annotation: shows('RFC 9700 4.13 headers') },
    async ({ fleet }) => {
      const answer = await requestIngress(fleet, 'traefik', { 'x-forwarded-proto': 'https' });
      expectAnswer('plain http with X-Forwarded-Proto: https', answer, redirected(fleet.hosts.operator, '/sign-in'));
    },
  );

  test(
    'https that a trusted proxy has terminated is served without a redirect',
    { tag: ['@redirect-loop-behind-proxy'] },
    async ({ fleet, manifests, addObjects }) => {
      const name = 'traefik-behind-proxy';
      await addObjects(traefikThatTrusts(manifests, name));
      const ask = (scheme: string) => requestIngress(fleet, name, { 'x-forwarded-proto': scheme });
      await expect
        .poll(() => ask('http'), { message: `${name} redirects`, timeout: deadline(15_000) })
        .toEqual(redirected(fleet.hosts.operator, '/sign-in'));
      expectAnswer('https that the proxy has ended', await ask('https'), served);
    },
  );
});

/** A second instance of the fleet's ingress, configured for a load balancer in front: it trusts forwarded headers. */
function traefikThatTrusts(manifests: readonly KubeObject[], name: string): KubeObject[] {
  // Only what is part of the harness may connect to the apps (fleet/e2e/network-policies.yaml).
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'fleet-e2e' };
  return manifests
    .filter(({ kind, metadata }) => ['Deployment', 'Service'].includes(kind) && metadata.name === 'traefik')
    .map((object) => {
      const copy = structuredClone(object);
      copy.metadata = { ...copy.metadata, name, labels };
      if (isKind(copy, 'Service')) copy.spec.selector = labels;
      if (isKind(copy, 'Deployment')) {
        copy.spec.selector = { matchLabels: labels };
        copy.spec.template.metadata = { labels };
        copy.spec.template.spec.containers[0]?.args?.push(
          '--entrypoints.web.forwardedheaders.trustedips=0.0.0.0/0,::/0',
        );
      }
      return copy;
    });
}
