/**
 * Leaves for the sign-in page after a 401 of the server, with the reason it gives (server/http/failure.ts), and for
 * `to` after that.
 */
export const signInAgain = ({ _data: body }: { _data?: unknown }, to: string) => {
  const reason = (body as { data?: { reason?: string } } | undefined)?.data?.reason;
  return navigateTo(signInPath({ to, ...(reason === 'idle' && { failed: 'idle' }) }), { external: true });
};
