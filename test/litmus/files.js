import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
const FOLDER = join(import.meta.dirname);
/** Every litmus file of the tests, as paths from the working directory, in order. */
export function litmusFiles(folder = FOLDER) {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.litmus'))
        .map((name) => relative(process.cwd(), join(folder, name)))
        .toSorted();
}
