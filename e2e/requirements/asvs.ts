import type { Standard } from './standard.ts';

const authorizationServer = 'Authentik is the authorization server.';
const factors = 'People have one account, at Authentik: that is where it is changed.';

/** V7 whole, V10 whole, and what V3 says of cookies and of requests that carry them. */
export const asvs = {
  name: 'ASVS',
  title: 'OWASP ASVS 5.0: V7 sessions, V10 OAuth and OIDC, V3 as far as it concerns cookies',
  requirements: {
    '3.3.1': { text: 'Cookies are Secure, and the prefix of their name demands it.' },
    '3.3.2': { text: 'The SameSite attribute of each cookie fits its purpose.' },
    '3.3.3': { text: 'Cookies that are not shared with other hosts have the prefix __Host-.' },
    '3.3.4': { text: 'Cookies that scripts do not need are HttpOnly.' },
    '3.3.5': { text: 'Name and value of a cookie have at most 4096 bytes.' },
    '3.4.1': {
      text: 'Every response has HSTS for a year or more, for all hosts below as well.',
      missing:
        'The apps send a year for their own host alone: hosts below it are not theirs. A smoke test asks for half a year.',
    },
    '3.4.2': { text: 'Other origins cannot read responses, or only those of a list.' },
    '3.4.5': { text: 'A referrer policy keeps paths and queries from other hosts.' },
    '3.4.6': { text: 'No site can embed a response in a frame.' },
    '3.5.1': { text: 'Requests that change something must come from the app itself.' },
    '3.5.2': {
      text: 'What a preflight protects cannot be asked for without one.',
      notApplicable: 'Nothing relies on a preflight: a sign-out is accepted by its origin.',
    },
    '3.5.3': { text: 'No safe method changes anything.' },
    '3.5.4': { text: 'Different applications have different hosts.' },
    '3.5.8': {
      text: 'Other sites can embed what belongs to a user only where that is intended.',
      missing:
        'SameSite keeps the cookie from other sites; a host of the same domain could embed a response, which has no Cross-Origin-Resource-Policy.',
    },
    '3.7.2': { text: 'The app redirects to other hosts only when they are on a list.' },

    '7.1.1': {
      text: 'Idle limit and maximum lifetime are documented, with reasons.',
      alsoIn: { 'docs/decisions/0015-idle-limit.md': 'Sessions of operator end after 12 idle hours' },
    },
    '7.1.2': {
      text: 'It is documented how many sessions a user may have at once.',
      alsoIn: { 'docs/decisions/0025-back-channel-logout.md': 'The number of sessions of a user is not limited' },
    },
    '7.1.3': {
      text: 'It is documented how lifetimes and ends of sessions are coordinated with the single sign-on.',
      alsoIn: { 'docs/sessions.md': 'How it ends' },
    },
    '7.2.1': { text: 'Session tokens are checked by the server.' },
    '7.2.2': { text: 'Each session has a token that is made for it.' },
    '7.2.3': {
      text: 'Session tokens come from a secure random generator and have at least 128 bits of entropy.',
      missing:
        'The id has 122 random bits (UUID version 4), and the cookie around it is sealed, so that a guess must forge the seal as well. A test cannot measure it.',
    },
    '7.2.4': { text: 'A sign-in makes a new session token and ends the session before it.' },
    '7.3.1': { text: 'Without use a session ends after the documented time.' },
    '7.3.2': { text: 'A session ends after the documented time, however it is used.' },
    '7.4.1': { text: 'A session that has ended cannot be used any more.' },
    '7.4.2': { text: 'The sessions of a user who is deactivated or deleted end.' },
    '7.4.3': { text: 'A user who changes a password can end all other sessions.', notApplicable: factors },
    '7.4.4': { text: 'Every page that needs a session has a visible way to sign out.' },
    '7.4.5': { text: 'Administrators can end the sessions of a user.' },
    '7.5.1': {
      text: 'Before an attribute of sign-in is changed, the user authenticates again.',
      notApplicable: factors,
    },
    '7.5.2': {
      text: 'Users can see and end their sessions.',
      notApplicable: 'Authentik lists the sessions of a user, and tells the apps of an end.',
    },
    '7.5.3': {
      text: 'Highly sensitive operations ask for another factor.',
      notApplicable: 'The apps show data, and change none.',
    },
    '7.6.1': { text: 'Lifetimes and ends at the provider and in the app follow each other as documented.' },
    '7.6.2': {
      text: 'No session begins without an action of the user.',
      missing:
        'A page asks for a click, but another site can link to the address of the sign-in: who has a session at Authentik is then signed in.',
    },

    '10.1.1': { text: 'Tokens reach only those who need them: never the browser.' },
    '10.1.2': { text: 'Codes and tokens count only in the transaction of the browser that began it.' },
    '10.2.1': { text: 'PKCE or state prevents forged token requests.' },
    '10.2.2': { text: 'A client of several authorization servers cannot mix them up.', notApplicable: 'There is one.' },
    '10.2.3': { text: 'The client asks for no more scopes than it needs.' },
    '10.3.1': {
      text: 'The resource server accepts only tokens of its audience.',
      alsoIn: { 'apps/platform-api/src/access-token.test.ts': 'of an audience unknown here' },
    },
    '10.3.2': { text: 'The resource server decides by the claims of the token.' },
    '10.3.3': {
      text: 'The resource server knows users by claims that are never given to others.',
      missing:
        'Upstreams know people by their username alone, which an administrator of Authentik can give to another.',
    },
    '10.3.4': {
      text: 'The resource server checks how and when the user authenticated, where it matters.',
      notApplicable: 'No route of platform-api asks for more; the apps limit the age of a sign-in.',
    },
    '10.3.5': {
      text: 'Access tokens work only for the sender they were issued to.',
      missing: 'Authentik issues bearer tokens alone. They stay in the cluster.',
    },
    '10.4.1': { text: 'Redirect URIs are compared exactly.', notApplicable: authorizationServer },
    '10.4.2': { text: 'A code works once.', notApplicable: authorizationServer },
    '10.4.3': { text: 'A code expires soon.', notApplicable: authorizationServer },
    '10.4.4': { text: 'A client can use only the grants that it needs.', notApplicable: authorizationServer },
    '10.4.5': { text: 'Replayed refresh tokens of public clients are noticed.', notApplicable: authorizationServer },
    '10.4.6': { text: 'PKCE is required and verified.', notApplicable: authorizationServer },
    '10.4.7': { text: 'Clients that register themselves are limited.', notApplicable: authorizationServer },
    '10.4.8': { text: 'Refresh tokens have an absolute end.', notApplicable: authorizationServer },
    '10.4.9': { text: 'Users can revoke tokens.', notApplicable: authorizationServer },
    '10.4.10': { text: 'Confidential clients authenticate.', notApplicable: authorizationServer },
    '10.4.11': { text: 'A client is given only the scopes that it needs.', notApplicable: authorizationServer },
    '10.4.12': { text: 'A client can use only its response mode.', notApplicable: authorizationServer },
    '10.4.13': { text: 'Authorization requests are pushed.', notApplicable: authorizationServer },
    '10.4.14': { text: 'Access tokens are sender-constrained.', notApplicable: authorizationServer },
    '10.4.15': {
      text: 'Authorization details come from the server of the client.',
      notApplicable: authorizationServer,
    },
    '10.4.16': { text: 'Clients authenticate with asymmetric keys.', notApplicable: authorizationServer },
    '10.5.1': { text: 'An id token cannot be replayed into another sign-in.' },
    '10.5.2': { text: 'Users are known by a claim that is never given to others: sub.' },
    '10.5.3': {
      text: 'Metadata of another issuer is refused.',
      notApplicable: 'Issuer and addresses are settings; the apps read no metadata.',
    },
    '10.5.4': { text: 'Id tokens of another audience are refused.' },
    '10.5.5': { text: 'Logout tokens have the type logout+jwt, the event, and no nonce.' },
    '10.6.1': { text: 'The provider allows safe response types only.', notApplicable: authorizationServer },
    '10.6.2': { text: 'The provider ends no session on a forged request.', notApplicable: authorizationServer },
    '10.7.1': { text: 'Users consent to authorizations.', notApplicable: authorizationServer },
    '10.7.2': { text: 'Users see what they consent to.', notApplicable: authorizationServer },
    '10.7.3': { text: 'Users can revoke a consent.', notApplicable: authorizationServer },
  },
} as const satisfies Standard;
