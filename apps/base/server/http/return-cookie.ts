import type { H3Event } from 'h3';
import { pageToCarry } from '../../shared/utils/sign-in-path.ts';
import { attemptSeconds } from '../nuxt-oidc-auth/names.ts';
import { localPath } from './local-path.ts';

const name = 'dezky-return-to';
const options = { path: '/', httpOnly: true, secure: true, sameSite: 'lax', maxAge: attemptSeconds } as const;

/** Keeps the page that a visitor wanted, over the way to Authentik and back. */
export const rememberPage = (event: H3Event, page: unknown): void =>
  setCookie(event, name, pageToCarry(localPath(page)), options);

/** The page to go to now, or `/`; it is forgotten with that. */
export const recallPage = (event: H3Event): string => {
  const page = localPath(getCookie(event, name));
  deleteCookie(event, name, options);
  return page;
};
