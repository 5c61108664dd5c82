import { CheckFailed } from '../check.ts';
import { jsonObject } from '../json-object.ts';

/** The fields of a discovery document (OpenID Connect Discovery 1.0 section 3) that the apps depend on. */
export interface Discovery {
  issuer?: unknown;
  authorization_endpoint?: unknown;
  token_endpoint?: unknown;
  end_session_endpoint?: unknown;
  jwks_uri?: unknown;
  code_challenge_methods_supported?: unknown;
}

/** What a JSON document of Authentik says. @throws CheckFailed when it is none, as from another server. */
export function jsonOf(url: string, body: string): Readonly<Record<string, unknown>> {
  const value = jsonObject(body);
  if (value) return value;
  throw new CheckFailed(`${url} answers no JSON: this host is not Authentik, or something in front of it answers.`);
}

export const discoveryPath = (slug: string): string => `/application/o/${slug}/.well-known/openid-configuration`;

/** Authentik's values for an application at this URL (views/provider.py). */
export const expectedDiscovery = (auth: string, slug: string) => ({
  issuer: `${auth}/application/o/${slug}/`,
  authorization_endpoint: `${auth}/application/o/authorize/`,
  token_endpoint: `${auth}/application/o/token/`,
  end_session_endpoint: `${auth}/application/o/${slug}/end-session/`,
  jwks_uri: `${auth}/application/o/${slug}/jwks/`,
});

const fixOf = (field: string): string =>
  field === 'issuer'
    ? 'the provider’s issuer mode must be "Each provider has a different issuer", and Authentik must see its public host and scheme'
    : 'Authentik builds it from Host and X-Forwarded-Proto: look at the ingress, and at AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS';

/** A sentence when the document of an issuer is about another host (OpenID Connect Discovery 1.0 section 4.3). */
export function otherIssuer(url: string, { issuer }: Discovery, asked: string): string | undefined {
  const seen = URL.parse(String(issuer))?.origin;
  return seen === URL.parse(asked)?.origin
    ? undefined
    : `${url} names ${JSON.stringify(issuer)} as its issuer, which is another host, so that apps refuse it: look at which host and scheme the provider sees (Host, X-Forwarded-Proto), and at the issuer in the app's environment.`;
}

export function discoveryFaults(document: Discovery, auth: string, slug: string): string[] {
  const methods = document.code_challenge_methods_supported;
  const expected = Object.entries(expectedDiscovery(auth, slug));
  const originOf = (field: string) => URL.parse(String(document[field as keyof Discovery]))?.origin;
  const [seen] = expected.map(([field]) => originOf(field));
  const isElsewhere = seen !== undefined && seen !== auth && expected.every(([field]) => originOf(field) === seen);
  const allElsewhere = `Authentik describes ${slug} at ${seen}, not at ${auth} (${expected.map(([field]) => field).join(', ')}): ${fixOf('')}.`;
  return [
    ...(isElsewhere ? [allElsewhere] : []),
    ...expected
      .filter(([field, value]) => !isElsewhere && document[field as keyof Discovery] !== value)
      .map(
        ([field, value]) =>
          `${field} of ${slug} is ${JSON.stringify(document[field as keyof Discovery])}, not ${value}: ${fixOf(field)}.`,
      ),
    ...(Array.isArray(methods) && methods.includes('S256')
      ? []
      : [
          `Authentik does not offer PKCE with S256 for ${slug} (code_challenge_methods_supported: ${JSON.stringify(methods)}).`,
        ]),
  ];
}
