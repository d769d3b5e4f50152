import { existsSync, readdirSync, rmSync } from 'node:fs';

/** Removes built files whose source is gone: the compiler never does, and everything below `dist` is packed. */
const OUTPUT = 'dist/';
const ENDINGS = /\.(js|js\.map|d\.ts|d\.ts\.map)$/;

for (const name of existsSync(OUTPUT) ? readdirSync(OUTPUT, { recursive: true, encoding: 'utf8' }) : []) {
  const source = `src/${name.replace(ENDINGS, '.ts')}`;
  // Declarations have no maps: the sources that those would lead to are not packed.
  if (ENDINGS.test(name) && (!existsSync(source) || name.endsWith('.d.ts.map'))) rmSync(OUTPUT + name);
}
