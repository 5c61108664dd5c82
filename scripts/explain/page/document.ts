import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';
import { html, Html } from '../../../e2e/report/html.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import { style } from './style.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Without a character more, because the policy has the hash of it. */
const inline = (name: string, text: string): Html => new Html(`<${name}>${text}</${name}>`);

/** docs/explain.html: one file that works from disk, and may request nothing. */
export async function explainPage(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: repositoryRoot,
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2023',
    legalComments: 'none',
  });
  const script = outputFiles[0]!.text.trim();
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>Why was this user signed out?</title>
        ${inline('style', style)}
      </head>
      <body>
        <main>
          <header>
            <h1>Why was this user signed out?</h1>
            <p>
              Give it what a browser has recorded. It shows which pod answered what, when the session began, and what
              ended it. Nothing leaves this page: it works without a network, and its policy forbids every request.
            </p>
          </header>
          <label id="drop">
            <b>Drop a HAR here, or choose one</b>
            <span class="soft">.har or .har.gz, of any app that signs in by OpenID Connect</span><br />
            <input type="file" accept=".har,.json,.gz" aria-describedby="how" />
          </label>
          <p id="how" class="soft">
            To record: open the developer tools, tab Network, tick Preserve log, do it again from before the sign-in on,
            and export the HAR with sensitive data. A sanitized one does not show where a cookie went.
          </p>
          <div id="result"></div>
        </main>
        ${inline('script', script)}
      </body>
    </html> `.toString();
}
