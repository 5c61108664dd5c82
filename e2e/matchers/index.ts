import { expect as base } from '@playwright/test';
import { everyAssertionVariable } from './every-assertion.ts';
import { toAllSucceed } from './to-all-succeed.ts';
import { toComeTo } from './to-come-to.ts';
import { toNameOnlyHosts } from './to-name-only-hosts.ts';
import { toShowCopy } from './to-show-copy.ts';
import { toSpanPods } from './to-span-pods.ts';

/** Throws in every run, for tests of the assertions themselves. */
export const expectOrThrow = base.extend({ toAllSucceed, toComeTo, toNameOnlyHosts, toShowCopy, toSpanPods });

export const expect = expectOrThrow.configure({ soft: process.env[everyAssertionVariable] !== undefined });
