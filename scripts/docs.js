import { renameSync, writeFileSync } from 'node:fs';
import { representationsPage } from './representations-doc.js';
/** Writes every generated page; each is complete before it takes its name. */
const PAGES = {
    'docs/representations.md': () => representationsPage('corpus'),
};
for (const [path, page] of Object.entries(PAGES)) {
    writeFileSync(`${path}.new`, page());
    renameSync(`${path}.new`, path);
    console.log(path);
}
