import type { H3Event } from 'h3';
import { pageToCarry } from '../../shared/utils/sign-in-path.ts';
import { returnCookie } from '../nuxt-oidc-auth/host-cookies.ts';
import { attemptSeconds } from '../nuxt-oidc-auth/names.ts';
import { localPath } from './local-path.ts';

const options = { path: '/', httpOnly: true, secure: true, sameSite: 'lax', maxAge: attemptSeconds } as const;

/** Remembers the requested page during the sign-in at Authentik. */
export const rememberPage = (event: H3Event, page: unknown): void =>
  setCookie(event, returnCookie, pageToCarry(localPath(page)), options);

/** Returns the remembered page, or `/`, and forgets it. */
export const recallPage = (event: H3Event): string => {
  const page = localPath(getCookie(event, returnCookie));
  deleteCookie(event, returnCookie, options);
  return page;
};
