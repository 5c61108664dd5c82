/** Texts of the portal that name hosts. The hosts come from the environment, so no template contains one. */
export const usePortalCopy = () => {
  const { authUrl, mailUrl, portalUrl } = useRuntimeConfig().public;
  const authHost = hostOf(authUrl);
  const mailHost = hostOf(mailUrl);
  const portalHost = hostOf(portalUrl);
  return {
    sidebarLabel: portalHost,
    profileText: `Your name, email and groups are managed at ${authHost}.`,
    signInHint: `You sign in at ${authHost} and come back to ${portalHost}. Enter your password only there.`,
    signedOutText: `Your session on ${portalHost} has ended.`,
    signedOutHint: `You may still be signed in at ${authHost}, and with it at ${mailHost}. On a shared computer, sign out there as well.`,
    webmailText: `Read and write mail in your browser at ${mailHost}. You use the account you are signed in with here.`,
    webmailUrl: mailUrl,
    authHome: `${authUrl}/if/user/`,
  };
};
