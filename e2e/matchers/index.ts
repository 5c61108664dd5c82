import { expect as base } from '@playwright/test';
import { toAllSucceed } from './to-all-succeed.ts';
import { toComeTo } from './to-come-to.ts';
import { toNameOnlyHosts } from './to-name-only-hosts.ts';
import { toShowCopy } from './to-show-copy.ts';
import { toSpanPods } from './to-span-pods.ts';

export const expect = base.extend({ toAllSucceed, toComeTo, toNameOnlyHosts, toShowCopy, toSpanPods });
