import type { Standard } from './standard.ts';

/** What a relying party must and should do. */
export const rpInitiatedLogout = {
  name: 'RP-Initiated Logout',
  title: 'OpenID Connect RP-Initiated Logout 1.0: relying parties',
  requirements: {
    '2 endpoint': {
      text: 'The browser is redirected to the end-session endpoint of the provider, as its metadata names it.',
    },
    '2 https': { text: 'That address is https.' },
    '2 id_token_hint': {
      text: 'The request has the latest id token of the session, also while tokens cannot be renewed.',
    },
    '2 post_logout_redirect_uri': {
      text: 'The way back is https and registered at the provider, and comes with an id token.',
    },
    '2 state': {
      text: 'A state that the request had comes back.',
      notApplicable: 'Optional; the page after a sign-out needs none.',
    },
    '2 hints': {
      text: 'Without an id token, client_id and logout_hint say who signs out.',
      notApplicable: 'Optional; Authentik asks the user then.',
    },
    '3 way back': { text: 'The page that the provider redirects back to works without a session.' },
  },
} as const satisfies Standard;
