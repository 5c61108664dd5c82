/** The session and its cookie (session.js, `sessionName`). Browsers know it with a prefix: host-cookies.ts. */
export const sessionCookie = 'nuxt-oidc-auth';

/** The cookie with state and PKCE verifier of a sign-in in progress (oidc.js, `useAuthSession`). */
export const attemptCookie = 'oidc';
