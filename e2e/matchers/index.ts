import { expect as base } from '@playwright/test';
import { toAllSucceed } from './to-all-succeed.ts';
import { toSpanPods } from './to-span-pods.ts';

export const expect = base.extend({ toAllSucceed, toSpanPods });
