import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/model/litmus/parser.js';
import { runLitmus } from '../../src/model/litmus/runner.js';
import { litmusFiles } from './files.js';
describe('litmus files', () => {
    it.each(litmusFiles())('%s', (file) => {
        const { missed } = runLitmus(parseLitmus(readFileSync(file, 'utf8'), file), { seed: 1 });
        expect(missed).toEqual([]);
    });
});
