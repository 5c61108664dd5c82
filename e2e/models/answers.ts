import type { Response } from '@playwright/test';
import type { App } from './app.ts';

/** Every response of an app to the browser while `work` runs, including redirects. */
export async function answersDuring(app: App, work: () => Promise<unknown>): Promise<Response[]> {
  const answers: Response[] = [];
  const note = (response: Response): void => {
    if (new URL(response.url()).origin === app.origin) answers.push(response);
  };
  app.page.on('response', note);
  try {
    await work();
  } finally {
    app.page.off('response', note);
  }
  return answers;
}
