import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A copy of the scripts that start commands, in which each command is a test program. */
export class Checkout implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'dezky-checkout-'));

  /** @param modules `installed`: those of this repository, by links, which an `npm ci` here removes without them. */
  constructor(modules: 'installed' | 'none') {
    mkdirSync(join(this.folder, 'scripts'));
    for (const file of [
      'bootstrap.mjs',
      'doctor.mjs',
      'prepare.mjs',
      'toolchain.mjs',
      'deploy-job.sh',
      'command/interruption.ts',
    ])
      cpSync(join(root, 'scripts', file), join(this.folder, 'scripts', file));
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(root, file), join(this.folder, file));
    if (modules === 'none') return;
    mkdirSync(join(this.folder, 'node_modules'));
    for (const name of readdirSync(join(root, 'node_modules')))
      symlinkSync(join(root, 'node_modules', name), join(this.folder, 'node_modules', name));
  }

  get scripts(): Array<[string, string]> {
    const { scripts } = JSON.parse(readFileSync(join(this.folder, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    return Object.entries(scripts);
  }

  addCommand(name: string, program: string): void {
    writeFileSync(join(this.folder, 'scripts', `${name}.ts`), program);
  }

  /**
   * An environment with a fake `npm`: it records its arguments in `calls` and its environment in `environment-<first
   * argument>`, makes the folders of all packages, a Node and npm's own record, and runs a command like npm does.
   */
  withFakeNpm(): NodeJS.ProcessEnv {
    const bin = join(this.folder, 'bin');
    mkdirSync(bin);
    const { packages } = JSON.parse(this.read('package-lock.json')) as { packages: Record<string, object> };
    const { '': _project, ...installed } = packages;
    writeFileSync(join(bin, 'installed.json'), JSON.stringify({ packages: installed }));
    writeFileSync(join(bin, 'folders'), Object.keys(installed).join('\n'));
    writeFileSync(
      join(bin, 'npm'),
      `#!/bin/sh
echo "$@" >> "${this.folder}/calls"
env > "${this.folder}/environment-$1"
case "$1" in
  ci) xargs mkdir -p < "${bin}/folders"
      mkdir -p node_modules/node/bin
      ln -sf "${process.execPath}" node_modules/node/bin/node
      cp "${bin}/installed.json" node_modules/.package-lock.json ;;
  run) shift; exec "${process.execPath}" -- scripts/bootstrap.mjs "$@" ;;
esac
`,
      { mode: 0o755 },
    );
    return { ...process.env, PATH: `${bin}:${dirname(process.execPath)}:${process.env['PATH']}` };
  }

  /** A file of the checkout; empty when it does not exist. */
  read(file: string): string {
    const path = join(this.folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** All files of a folder of the checkout; none when it does not exist. */
  files(folder: string): string[] {
    const path = join(this.folder, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
