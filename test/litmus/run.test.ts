import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/model/litmus/parser.ts';
import { runLitmus } from '../../src/model/litmus/runner.ts';
import { litmusFiles } from './files.ts';

describe('litmus files', () => {
  it.each(litmusFiles())('%s', (file) => {
    const { missed } = runLitmus(parseLitmus(readFileSync(file, 'utf8'), file), { seed: 1 });
    expect(missed).toEqual([]);
  });
});
