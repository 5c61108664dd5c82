import { apps, type AnyAppName } from '../../apps/environment/apps.ts';
import { appImage, commonImages, harnessImage, isApp, type Image } from '../manifests/images.ts';

const appImages = Object.fromEntries(apps.map(({ name }) => [name, appImage(name, `dezky/${name}:1.0.0`)])) as Record<
  AnyAppName,
  Image
>;

/** Every image of the fleet and of the engines, by key. */
export const images = {
  ...appImages,
  upstreams: harnessImage('dezky/upstreams:e2e', 'fixtures/upstreams/main.ts', [], { PORT: 'http' }),
  ...commonImages,
};

/** The product's images: each app, which is also the image's key, and the image's name in the manifests. */
export const shippedApps = apps.map(({ name }) => ({ app: name, name: `dezky/${name}` }));

/** Whether a reference names the image of an app, which the apps' release replaces. */
export const isAppImage = (reference: string): boolean => isApp(reference, images);
