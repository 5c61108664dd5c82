/** Where signing out sends a person: the address at Authentik, and the one that Authentik sends them back to. */
export const endSession = () => {
  const { logoutUrl, logoutRedirectUri } = useRuntimeConfig().oidc.providers.oidc;
  return { endSessionUrl: logoutUrl, postLogoutRedirectUri: logoutRedirectUri };
};
