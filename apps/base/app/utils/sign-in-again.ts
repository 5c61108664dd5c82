/**
 * Navigates to the sign-in page after a 401 of the server, with its reason (server/http/failure.ts). `to` is the page
 * after signing in.
 */
export const signInAgain = ({ _data: body }: { _data?: unknown }, to: string) => {
  const reason = (body as { data?: { reason?: string } } | undefined)?.data?.reason;
  const failed = reason === undefined ? undefined : signInFailureOf(reason);
  return navigateTo(signInPath({ to, ...(failed && { failed }) }), { external: true });
};
