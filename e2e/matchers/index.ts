import { expect as base } from '@playwright/test';
import { toAllSucceed } from './answers.ts';
import { toComeTo } from './hops.ts';
import { toNameOnlyHosts } from './host-names.ts';
import { toShowCopy } from './page-copy.ts';
import { toSpanPods } from './to-span-pods.ts';

export const expect = base.extend({ toAllSucceed, toComeTo, toNameOnlyHosts, toShowCopy, toSpanPods });
