/** The end-session address at Authentik, and the address that Authentik redirects back to. */
export const endSession = () => {
  const { logoutUrl, logoutRedirectUri } = useRuntimeConfig().oidc.providers.oidc;
  return { endSessionUrl: logoutUrl, postLogoutRedirectUri: logoutRedirectUri };
};

/**
 * Characters of an id token that may go into an address. It grows with a person's groups, and the head of a request has
 * 16 KiB in most servers and proxies.
 */
const maxHintLength = 8192;

/**
 * The address that signs a person out at Authentik and brings them back (OIDC RP-Initiated Logout 1.0 section 2). Without
 * an id token there is no way back: Authentik 2026.5 and later answers 400 to one that no `id_token_hint` comes with;
 * nor is there one with an id token above 8 KiB, as some 250 groups make it: the person then stays on Authentik's page.
 *
 * It leads through Authentik's cancel view (flows/views/executor.py, CancelView). Since 2025.10 end-session takes any flow
 * that the browser has begun for a sign-out under way, answers 200 with an empty page and signs nobody out: the sign-out
 * of another app leaves such a flow behind, and so does a login form in another tab (goauthentik/authentik#25545).
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
  // The view goes on to a path of its own host alone.
  return `${origin}/flows/-/cancel/?${new URLSearchParams({ next: path })}`;
};
