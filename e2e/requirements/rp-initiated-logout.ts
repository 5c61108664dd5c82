import { standardOf } from './standard.ts';

/** What a relying party must and should do. */
export const rpInitiatedLogout = standardOf({
  name: 'RP-Initiated Logout',
  title: 'OpenID Connect RP-Initiated Logout 1.0: relying parties',
  requirements: {
    '2 endpoint': 'The browser is redirected to the end-session endpoint of the provider, as its metadata names it.',
    '2 https': 'That address is https.',
    '2 id_token_hint': 'The request has the latest id token of the session, also while tokens cannot be renewed.',
    '2 post_logout_redirect_uri': 'The way back is https and registered at the provider, and comes with an id token.',
    '2 state': 'A state that the request had comes back.',
    '2 hints': 'Without an id token, client_id and logout_hint say who signs out.',
    '3 way back': 'The page that the provider redirects back to works without a session.',
  },
  notApplicable: {
    'Optional; the page after a sign-out needs none.': ['2 state'],
    'Optional; Authentik asks the user then.': ['2 hints'],
  },
});
