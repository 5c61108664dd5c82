import { commandImages, readCommandApp } from './command-app.ts';

/** The images of an app that a command starts. The address of this module says where its description is. */
export const images = commandImages(readCommandApp(new URL(import.meta.url).searchParams.get('app') ?? ''));
