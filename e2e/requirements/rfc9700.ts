import { standardOf } from './standard.ts';

/** What clients and resource servers must and should do. */
export const rfc9700 = standardOf({
  name: 'RFC 9700',
  title: 'RFC 9700, OAuth 2.0 security: clients and resource servers',
  requirements: {
    '2.1 redirectors': 'No address forwards the browser to a place that its query names (4.11.1).',
    '2.1 CSRF': 'A callback counts only in the browser that began the sign-in (4.7.1).',
    '2.1 mix-up': 'A client of several servers notices a mix-up (4.4.2).',
    '2.1.1 injection': 'A stolen code cannot be injected into another sign-in (4.5.3).',
    '2.1.1 PKCE': 'Confidential clients use PKCE as well.',
    '2.1.1 transaction': 'The challenge is made for one transaction and is bound to its browser.',
    '2.1.1 S256': 'The challenge does not reveal the verifier: S256.',
    '2.1.2': 'The client asks for a code; no token comes in an authorization response.',
    '2.2.1': 'Access tokens are bound to their sender (4.10.1).',
    '2.2.2': 'Refresh tokens of public clients are bound or rotated.',
    '2.3 audience': 'The resource server checks for every request that the token is meant for it (4.10.2).',
    '2.3 actions': 'The resource server checks for every request what the token allows.',
    '2.4': 'The password grant is not used.',
    '2.5': 'Clients authenticate with asymmetric keys.',
    '2.6 metadata': 'Clients configure themselves from the metadata of the server.',
    '2.6 resource server': 'The connection between client and resource server is encrypted from end to end.',
    '2.6 responses': 'Authorization responses never come over plain HTTP.',
    '2.6 messages': 'In-browser messages are verified (4.17).',
    '4.2.4 callback page': 'The response to a callback names no other host: it loads and links nothing of others.',
    '4.2.4 Referer': 'A referrer policy keeps codes and state from other hosts.',
    '4.2.4 state': 'A state is spent with its first callback: the browser has it no more.',
    '4.3.2': 'Access tokens are never in the query of a URL.',
    '4.4.2': 'The client stores the issuer of each request.',
    '4.7.1 PKCE': 'A client that relies on PKCE against CSRF knows that the server has it.',
    '4.7.1 state': 'A state that carries something is protected from changes.',
    '4.9.3': 'The resource server treats tokens as secrets, also in logs.',
    '4.13 headers': 'The proxy in front overwrites the headers that the app trusts.',
    '4.13 channel': 'The NetworkPolicies let nobody reach the app past the proxy.',
    '4.14': 'Refresh tokens are bound to scope and expire without use.',
  },
  notApplicable: {
    'Authentik is the only authorization server.': ['2.1 mix-up', '4.4.2'],
    'The apps are confidential clients.': ['2.2.2'],
    'No page of the apps takes a password: people enter it at Authentik.': ['2.4'],
    'Responses come by redirects alone.': ['2.6 messages'],
    'The state protects as well.': ['4.7.1 PKCE'],
    'The state is random; the page to return to is in a cookie.': ['4.7.1 state'],
    'Authentik is the authorization server.': ['4.14'],
  },
  missing: {
    '2.2.1': 'Authentik issues bearer tokens alone.',
    '2.5': 'Recommended; nuxt-oidc-auth sends a client secret.',
    '2.6 metadata':
      'Recommended; addresses follow from one setting, so that an app starts while Authentik is down. Smoke tests compare it with the metadata.',
    '2.6 resource server':
      'Recommended; inside the cluster it is plain HTTP, and a NetworkPolicy says who may connect.',
    '4.3.2': 'The apps send them in Authorization; what pods ask of platform-api is not recorded.',
  },
  alsoIn: {
    '4.13 channel': { 'fleet/rules/rules.test.ts': 'from[0] lets in every pod of kube-system to port 3000 of' },
  },
});
