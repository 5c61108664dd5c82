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

/** What a relying party must and should do; a row for each step of section 2.6. */
export const backChannelLogout = standardOf({
  name: 'Back-Channel Logout',
  title: 'OpenID Connect Back-Channel Logout 1.0: relying parties',
  requirements: {
    '2.2': 'The address of the endpoint is registered: absolute, https, without a fragment.',
    '2.5': 'The endpoint takes a POST of a form with logout_token.',
    '2.6 step 1': 'An encrypted token is decrypted.',
    '2.6 step 2': 'The signature is validated as that of an id token.',
    '2.6 step 3': 'The algorithm is validated, and is never none.',
    '2.6 step 4': 'Issuer, audience, issue time and end are validated.',
    '2.6 step 5': 'A token without sub and sid is refused.',
    '2.6 step 6': 'A token without the logout event is refused.',
    '2.6 step 7': 'A token with a nonce is refused.',
    '2.6 step 8': 'A token whose jti was used lately is refused (optional).',
    '2.6 step 9': 'The issuer is that of the sessions (optional).',
    '2.6 step 10': 'The sub is that of a session, or nothing ends (optional).',
    '2.6 step 11': 'The sid is that of a session, or nothing ends (optional).',
    '2.6 refusal': 'A token that fails a step is answered with 400.',
    '2.7 sid': 'The session of the sid is found and its state is cleared.',
    '2.7 sub': 'Without a sid all sessions of the user end.',
    '2.7 ended before': 'A session that has ended before counts as ended.',
    '2.7 aggregator': 'A provider that is a relying party tells its own.',
    '2.7 refresh tokens': 'Refresh tokens without offline_access are revoked, others are not.',
    '2.8 success': 'A logout that succeeded is answered with 200.',
    '2.8 failure': 'A logout that failed is answered with 400 and a reason, so that it is sent again.',
    '2.8 no-store': 'The answer must not be stored.',
    '4.1': 'A token of another type cannot pass for a logout token.',
  },
  notApplicable: {
    'Encryption is not registered.': ['2.6 step 1'],
    'The apps are no provider.': ['2.7 aggregator'],
    'The apps ask for offline_access.': ['2.7 refresh tokens'],
  },
});
