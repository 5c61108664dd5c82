// `npx session-check`: the claims about sessions, on any app that signs in by OpenID Connect.
import { fromCallersFolder } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import { runCommand } from './command/run-command.ts';
import { HarnessError } from '../fleet/errors.ts';
import { sessionCheckCommand } from './session-check/options.ts';

const folder = fromCallersFolder('.');

const program = sessionCheckCommand((command, app, options) =>
  runCommand(async () => {
    if (command === 'init') {
      const [{ init }, { askForTheRest }] = await Promise.all([
        import('./session-check/init.ts'),
        import('./session-check/ask.ts'),
      ]);
      const written = init(folder, await askForTheRest(app, interruption));
      console.log(`Written: ${written.join(', ')}. Look at the configuration, then: npx session-check`);
      return 0;
    }
    const { configIn, readSettings } = await import('./session-check/settings.ts');
    const { deployed } = options;
    if (deployed) {
      const { anyAppIn, smokeAnyApp } = await import('./doctor/smoke-any-app.ts');
      const { accessBy } = await import('./live/connection-options.ts');
      const described = await anyAppIn({ ...(await configIn(folder)).config, ...app, ...deployed }, accessBy(deployed));
      if (described) return smokeAnyApp(described, { signal: interruption });
      throw new HarnessError(
        'These options are about an app that --url names. Add --url <address>, or leave them out.',
      );
    }
    const settings = await readSettings(folder, app);
    if (command === 'prove') return (await import('./session-check/prove.ts')).prove(settings, options);
    const [{ check }, { exitCodeOfRun }] = await Promise.all([
      import('./session-check/check.ts'),
      import('./runner/runner.ts'),
    ]);
    return exitCodeOfRun(await check(settings, options));
  }),
);

await program.parseAsync();
