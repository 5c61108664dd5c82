/** Reads the claims of the signed-in user's id token. A missing claim is an empty string. */
export const useClaims = () => {
  const { user } = useOidcAuth();
  return (name: 'name' | 'email' | 'preferred_username'): string => String(user.value?.claims?.[name] ?? '');
};
