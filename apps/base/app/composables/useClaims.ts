/** Reads what the id token said of the person who is signed in; a claim that it did not have is an empty string. */
export const useClaims = () => {
  const { user } = useOidcAuth();
  return (name: 'name' | 'email' | 'preferred_username'): string => String(user.value?.claims?.[name] ?? '');
};
