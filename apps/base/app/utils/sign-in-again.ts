/** Navigates to the sign-in page after a 401, with its reason (server/http/failure.ts). `to` is the page after that. */
export const signInAgain = ({ _data: body }: { _data?: unknown }, to: string) => {
  const reason = (body as { data?: { reason?: string } } | undefined)?.data?.reason;
  const failed = reason === undefined ? undefined : signInFailureOf(reason);
  return navigateTo(signInPath({ to, ...(failed && { failed }) }), { external: true });
};
