import type { AppCheck } from './app-check.ts';
import { certificate, discovery, plainHttp } from './hosts.ts';
import { pages } from './pages.ts';
import { pods } from './pods.ts';
import { signIn } from './sign-in.ts';
import { testUser } from './test-user.ts';

/** What `npm run smoke` asks, in this order. */
export const checks: readonly AppCheck[] = [certificate, discovery, pages, plainHttp, pods, signIn, testUser].flat();
