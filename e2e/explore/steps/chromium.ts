import { sessionApp } from '../../../apps/environment/apps.ts';
import { hydrated } from '../../models/app.ts';
import { Violation, type UserOutcome } from '../model.ts';
import { checkIdentity, nameOf } from '../checks.ts';
import type { StepKinds } from '../step.ts';
import { at } from './sign-in.ts';

/** A real browser with the cookies of the other one: it runs the scripts of the pages. */
export const chromiumSteps: StepKinds<'click through in Chromium'> = {
  'click through in Chromium': {
    sentence: (step) => `${at(step)}: open the home page in Chromium and click a link`,
    applies: (step, model) => {
      const session = model.livingAt(step);
      return session !== undefined && model.outcomes(session).join() === 'served';
    },
    perform: async (step, model, world) => {
      const session = model.livingAt(step)!;
      const { fleet, options } = world;
      const url = world.originOf(step.app);
      const path = sessionApp[step.app].pages[1];
      const browser = await options.chromium();
      const context = await browser.newContext({
        proxy: { server: fleet.edge.proxyUrl },
        extraHTTPHeaders: { 'x-edge-client': options.clientId, 'x-edge-kind': 'browser' },
      });
      try {
        const cookies = [...world.browser(step.browser).cookies(url)];
        await context.addCookies(
          cookies.map(([name, value]) => ({
            name,
            value,
            url,
            secure: true,
            httpOnly: true,
            sameSite: 'Lax' as const,
          })),
        );
        const page = await context.newPage();
        const outcome = async (): Promise<UserOutcome> =>
          new URL(page.url()).pathname === '/sign-in' ? 'refused' : 'served';
        await page.goto(`${url}/`);
        await hydrated(page);
        if ((await outcome()) === 'served') {
          await page.getByRole('navigation', { name: 'Main' }).locator(`a[href="${path}"]`).click();
          await page.waitForURL((to) => to.pathname === path || to.pathname === '/sign-in', {
            timeout: options.maxAnswerMs,
          });
        }
        if ((await outcome()) !== 'served')
          throw new Violation(`${nameOf(session)}: Chromium is at /sign-in after a click on ${path}.`);
        await page.getByText(world.person(session.person).username).first().waitFor({ timeout: options.maxAnswerMs });
        checkIdentity(await page.locator('body').innerText(), `the page ${path}`, session, world);
        model.saw(session, 'served');
      } finally {
        await context.close();
      }
    },
  },
};
