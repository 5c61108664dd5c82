import { expect as base } from '@playwright/test';
import { toAllSucceed, toSpanPods } from './answers.ts';
import { toComeTo } from './hops.ts';
import { toShowCopy } from './page-copy.ts';

export const expect = base.extend({ toAllSucceed, toComeTo, toShowCopy, toSpanPods });
