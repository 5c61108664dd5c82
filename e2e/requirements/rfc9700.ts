import type { Standard } from './standard.ts';

const oneServer = 'Authentik is the only authorization server.';
const noMessages = 'Responses come by redirects alone.';

/** What clients and resource servers must and should do. */
export const rfc9700 = {
  name: 'RFC 9700',
  title: 'RFC 9700, OAuth 2.0 security: clients and resource servers',
  requirements: {
    '2.1 redirectors': { text: 'No address forwards the browser to a place that its query names (4.11.1).' },
    '2.1 CSRF': { text: 'A callback counts only in the browser that began the sign-in (4.7.1).' },
    '2.1 mix-up': { text: 'A client of several servers notices a mix-up (4.4.2).', notApplicable: oneServer },
    '2.1.1 injection': { text: 'A stolen code cannot be injected into another sign-in (4.5.3).' },
    '2.1.1 PKCE': { text: 'Confidential clients use PKCE as well.' },
    '2.1.1 transaction': { text: 'The challenge is made for one transaction and is bound to its browser.' },
    '2.1.1 S256': { text: 'The challenge does not reveal the verifier: S256.' },
    '2.1.2': { text: 'The client asks for a code; no token comes in an authorization response.' },
    '2.2.1': {
      text: 'Access tokens are bound to their sender (4.10.1).',
      missing: 'Authentik issues bearer tokens alone.',
    },
    '2.2.2': {
      text: 'Refresh tokens of public clients are bound or rotated.',
      notApplicable: 'The apps are confidential clients.',
    },
    '2.3 audience': {
      text: 'The resource server checks for every request that the token is meant for it (4.10.2).',
      alsoIn: { 'apps/platform-api/src/access-token.test.ts': 'of an audience unknown here' },
    },
    '2.3 actions': { text: 'The resource server checks for every request what the token allows.' },
    '2.4': {
      text: 'The password grant is not used.',
      notApplicable: 'No page of the apps takes a password: people enter it at Authentik.',
    },
    '2.5': {
      text: 'Clients authenticate with asymmetric keys.',
      missing: 'Recommended; nuxt-oidc-auth sends a client secret.',
    },
    '2.6 metadata': {
      text: 'Clients configure themselves from the metadata of the server.',
      missing:
        'Recommended; addresses follow from one setting, so that an app starts while Authentik is down. Smoke tests compare it with the metadata.',
    },
    '2.6 resource server': {
      text: 'The connection between client and resource server is encrypted from end to end.',
      missing: 'Recommended; inside the cluster it is plain HTTP, and a NetworkPolicy says who may connect.',
    },
    '2.6 responses': { text: 'Authorization responses never come over plain HTTP.' },
    '2.6 messages': { text: 'In-browser messages are verified (4.17).', notApplicable: noMessages },
    '4.2.4 callback page': { text: 'The response to a callback loads and links nothing of others.' },
    '4.2.4 Referer': { text: 'A referrer policy keeps codes and state from other hosts.' },
    '4.2.4 state': { text: 'A state is spent with its first callback.' },
    '4.3.2': {
      text: 'Access tokens are never in the query of a URL.',
      missing: 'The apps send them in Authorization; what pods ask of platform-api is not recorded.',
    },
    '4.4.2': { text: 'The client stores the issuer of each request.', notApplicable: oneServer },
    '4.7.1 PKCE': {
      text: 'A client that relies on PKCE against CSRF knows that the server has it.',
      notApplicable: 'The state protects as well.',
    },
    '4.7.1 state': {
      text: 'A state that carries something is protected from changes.',
      notApplicable: 'The state is random; the page to return to is in a cookie.',
    },
    '4.9.3': { text: 'The resource server treats tokens as secrets, also in logs.' },
    '4.13 headers': { text: 'The proxy in front overwrites the headers that the app trusts.' },
    '4.13 channel': {
      text: 'Nobody reaches the app past the proxy.',
      alsoIn: { 'fleet/rules/rules.test.ts': 'and Redis open to every pod' },
    },
    '4.14': {
      text: 'Refresh tokens are bound to scope and expire without use.',
      notApplicable: 'Authentik is the authorization server.',
    },
  },
} as const satisfies Standard;
