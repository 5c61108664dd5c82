import type { SignInFailure } from '../../shared/utils/sign-in-failures.ts';

/** Timeout of the request below in milliseconds. The server itself responds within 2 s. */
const timeout = 5000;

/**
 * Navigates to the sign-in page after a 401 of the server, with what it says there (server/http/failure.ts). `to` is the
 * page after signing in.
 */
export const signInAgain = ({ _data: body }: { _data?: unknown }, to: string) => {
  const failed = (body as { data?: { failed?: SignInFailure } } | undefined)?.data?.failed;
  return navigateTo(signInPath({ to, ...(failed && { failed }) }), { external: true });
};

/** Navigates to the sign-in page if there is no session. The page itself reports other errors. */
export const leaveWithoutSession = async (to: string): Promise<boolean> => {
  const answer = await $fetch
    .raw('/api/_auth/session', { ignoreResponseError: true, retry: 0, timeout })
    .catch(() => undefined);
  if (answer?.status !== 401) return false;
  await signInAgain(answer, to);
  return true;
};
