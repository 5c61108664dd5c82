import { setResponseHeader, setResponseStatus, type H3Event } from 'h3';

/** Authentik's end-session endpoint, and the URL that Authentik redirects back to. */
export const endSession = () => {
  const { logoutUrl, logoutRedirectUri } = useRuntimeConfig().oidc.providers.oidc;
  return { endSessionUrl: logoutUrl, postLogoutRedirectUri: logoutRedirectUri };
};

/**
 * Maximum length of an id token in a URL. The token grows with the user's groups, and most servers and proxies limit
 * request headers to 16 KiB.
 */
const maxHintLength = 8192;

/**
 * The URL that signs a user out at Authentik and redirects back (OIDC RP-Initiated Logout 1.0 section 2).
 *
 * Without an id token there is no redirect back: Authentik 2026.5 and later responds with 400 to a
 * `post_logout_redirect_uri` without an `id_token_hint`. An id token above 8 KiB (about 250 groups) is omitted too. The
 * user then stays on Authentik's page.
 *
 * The URL goes through Authentik's cancel view (flows/views/executor.py, CancelView). Since 2025.10 end-session
 * treats any open flow of the browser as a sign-out in progress: it responds with 200 and an empty page, and does not
 * sign out. The sign-out of another app leaves such a flow open, and so does a login form in another tab
 * (docs/decisions/0034-sign-out-leads-through-the-cancel-view.md).
 */
export const signOutLocation = (idToken: string | undefined): string => {
  const { endSessionUrl, postLogoutRedirectUri } = endSession();
  const { origin, pathname } = new URL(endSessionUrl);
  const parameters = new URLSearchParams(
    idToken && idToken.length <= maxHintLength
      ? { post_logout_redirect_uri: postLogoutRedirectUri, id_token_hint: idToken }
      : {},
  );
  const path = parameters.size > 0 ? `${pathname}?${parameters}` : pathname;
  // The view redirects only to paths of its own host.
  return `${origin}/flows/-/cancel/?${new URLSearchParams({ next: path })}`;
};

/**
 * A redirect to a URL that contains a token. h3's `sendRedirect` would repeat the URL in the body, and bodies are
 * stored in more places than headers.
 */
export const redirectWithoutBody = (event: H3Event, location: string, status: number): string => {
  setResponseStatus(event, status);
  setResponseHeader(event, 'location', location);
  return '';
};
