import { appNames, apps } from '../../apps/environment/apps.ts';
import type { Change, ManifestPatch } from '../../fleet/manifests/change.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import type { App } from '../models/app.ts';
import type { Deployer } from '../models/deployer.ts';
import type { ReleaseCheckout } from '../models/release-checkout.ts';

// Its own fleet: a release replaces the images that the other specs use.
test.use({ needs: ['kubernetes', 'image-digests'], variant: { needs: ['kubernetes', 'image-digests'] } });
test.setTimeout(300_000);

/** Requests per second. */
const rate = 10;

/** The deploy job, with only the permissions of ci-deployer, and the edge as proxy to the hosts. */
async function release(
  checkout: ReleaseCheckout,
  sha: string,
  { fleet, deployer }: { fleet: Fleet; deployer: Deployer },
  ...args: string[]
) {
  const secrets = { KUBECONFIG_B64: Buffer.from(deployer.kubeconfig).toString('base64'), GITHUB_SHA: sha };
  return await checkout.deployJob(secrets, [...wayTo(fleet), ...args], (pid) => fleet.adopt(pid));
}

const wayTo = ({ place, edge }: Fleet): string[] => {
  const namespace = place?.namespace ?? '';
  return ['--namespace', namespace, '--proxy', edge.proxyUrl, '--ca', edge.caFile];
};

const revisionsOf = async (fleet: Fleet): Promise<Record<string, string[]>> =>
  Object.fromEntries(
    await Promise.all(
      apps.map(async ({ name }) => [name, (await fleet.pods(name)).map(({ revision }) => revision)] as const),
    ),
  );
const allOn = (sha: string): Record<string, string[]> => Object.fromEntries(apps.map(({ name }) => [name, [sha, sha]]));

const callsOf = async (app: App): Promise<{ url: string; cookie: string; rate: number; connection: 'close' }> => ({
  url: `${app.origin}/api/me`,
  cookie: await app.cookieHeader(),
  rate,
  connection: 'close',
});

test(
  'the deploy job releases a commit with only the permissions of ci-deployer, and signed-in users notice nothing',
  { tag: ['@role-too-narrow', '@start-clears-sessions'] },
  async ({ fleet, releaseCheckout: checkout, deployer, operator, newPerson, steadyTraffic }) => {
    const sha = checkout.commit('a release');
    const digests = ['--digests', (await fleet.imageDigests?.()) ?? ''];
    await operator.startSession(await newPerson());
    const traffic = steadyTraffic(await callsOf(operator));

    const rehearsal = await release(checkout, sha, { fleet, deployer }, ...digests, '--dry-run');
    expect(rehearsal, 'the dry run').toMatchObject({
      code: 0,
      output: expect.stringContaining(`+          image: dezky/operator:${sha}@sha256:`),
    });
    expect(rehearsal.output, 'the dry run').not.toContain('redis://');
    expect(await revisionsOf(fleet), 'revisions after the dry run').not.toMatchObject({ operator: [sha, sha] });

    const { code, output } = await release(checkout, sha, { fleet, deployer }, ...digests);
    expect({ code, output }, 'the deploy job').toMatchObject({
      code: 0,
      output: expect.stringContaining(`${sha} is released`),
    });
    for (const app of appNames) {
      expect(output, 'what was looked at from outside').toMatch(
        new RegExp(`✓ ${app} +every pod is on the expected revision +(\\S+ on ${sha} .*){2}`),
      );
    }
    expect(await revisionsOf(fleet), 'revisions of all pods').toEqual(allOn(sha));
    await traffic.more(5);
    expect(await traffic.stop(), 'calls of who is signed in').toAllSucceed();

    const again = await release(checkout, sha, { fleet, deployer }, '--dry-run');
    expect(again.output, 'a dry run of what is released').toContain(`Nothing differs from ${sha}`);
  },
);

/** An operator without Redis is never Ready. The test does not wait for production's full deadline. */
const withoutRedis: Change = {
  manifests: [
    // The address is in a Secret, which a release cannot change: here the name leads nowhere.
    ...appNames.map((name): ManifestPatch => ({
      target: { kind: 'Deployment', name },
      patch: [
        {
          op: 'add',
          path: '/spec/template/spec/hostAliases',
          value: [{ ip: '127.0.0.1', hostnames: ['dezky-data'] }],
        },
      ],
    })),
    {
      target: { kind: 'Deployment', name: 'operator' },
      patch: [
        { op: 'replace', path: '/spec/progressDeadlineSeconds', value: 30 },
        // A manifest rule requires that the rollout ends by then.
        { op: 'replace', path: '/spec/template/spec/containers/0/startupProbe/failureThreshold', value: 30 },
      ],
    },
  ],
};

test(
  'a release that does not become Ready is rolled back, and signed-in users notice nothing',
  { tag: ['@rollout-not-awaited', '@ready-too-soon'] },
  async ({ fleet, releaseCheckout: checkout, deployer, operator, newPerson, steadyTraffic }) => {
    const sound = checkout.commit('a sound release');
    const broken = checkout.commit('a broken release', withoutRedis);
    const digests = ['--digests', (await fleet.imageDigests?.()) ?? ''];
    const deploy = (...args: string[]) =>
      checkout.deploy(deployer.kubeconfig, [...wayTo(fleet), ...args], (pid) => fleet.adopt(pid));
    const before = await revisionsOf(fleet);
    await operator.startSession(await newPerson());
    const traffic = steadyTraffic(await callsOf(operator));

    // By --to, as this checkout does not know what the test before has released.
    const releasing = deploy('--to', broken, '--rollback-on-failure', ...digests);
    await expect
      .poll(async () => (await fleet.pods('operator')).map(({ revision }) => revision), { timeout: deadline(60_000) })
      .toContain(broken);
    expect(await deploy('--to', sound), 'a second deploy at the same time').toMatchObject({
      code: 2,
      output: expect.stringMatching(new RegExp(`deploys ${broken} in \\S+ since .* Nothing was applied\\.`)),
    });
    const { code, output } = await releasing;
    await traffic.more(5);
    expect(await traffic.stop(), 'calls of who is signed in').toAllSucceed();
    expect(output, 'why it failed').toMatch(/operator did not roll out: .*progress/);
    expect({ code, output }, 'the deploy').toMatchObject({
      code: 1,
      output: expect.stringContaining(`${broken} failed and was rolled back`),
    });
    expect(await revisionsOf(fleet), 'revisions of all pods').toEqual(before);

    const other = await release(checkout, sound, { fleet, deployer });
    expect(other, 'a commit that is not checked out').toMatchObject({
      code: 2,
      output: expect.stringContaining('is checked out'),
    });

    expect(await deploy('--to', sound, ...digests), 'going back to a commit that is not checked out').toMatchObject({
      code: 0,
      output: expect.stringContaining(`${sound} is released`),
    });
    expect(await revisionsOf(fleet), 'revisions of all pods').toEqual(allOn(sound));
    const status = await deploy('--status');
    expect(status.code, status.output).toBe(0);
    for (const { name } of apps)
      expect(status.output).toMatch(new RegExp(`^${name} +${sound} +2/2 +\\S+Z +\\S+:${sound}@sha256:\\S+$`, 'm'));
    expect(await deploy('--to', sound, '--dry-run'), 'by the digests that the cluster has kept').toMatchObject({
      code: 0,
      output: expect.stringContaining(`Nothing differs from ${sound}`),
    });
  },
);
