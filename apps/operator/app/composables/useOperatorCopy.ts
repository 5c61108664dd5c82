/** Texts of operator that name hosts. The hosts come from the environment, so no template contains one. */
export const useOperatorCopy = () => {
  const { authUrl, operatorUrl } = useRuntimeConfig().public;
  return {
    sidebarLabel: hostOf(operatorUrl),
    usersText: `Users are managed at ${hostOf(authUrl)}. Open one there to change groups, password or status.`,
    signInHint: `You sign in at ${hostOf(authUrl)} and come back to ${hostOf(operatorUrl)}. Enter your password only there.`,
    signedOutText: `Your session on ${hostOf(operatorUrl)} has ended.`,
    signedOutHint: `You may still be signed in at ${hostOf(authUrl)}. On a shared computer, sign out there as well.`,
    userAdmin: (pk: number) => `${authUrl}/if/admin/#/identity/users/${pk}`,
  };
};
