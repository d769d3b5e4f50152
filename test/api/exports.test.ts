import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { configFile } from '../../src/cli/config-schema.ts';
import * as provsim from '../../src/index.ts';
import * as forVitest from '../../src/vitest.ts';

/** What a user can rely on: a name that goes away is a new major version. */
const NAMES = `
  BrokenClaim BuildError CATALOGUE CONTRACTS DEFAULT_MACHINE InputError NONE NULL THREAD THREADS VERDICTS array boolean cell choice
  claimText cyclic defineConfig flag fuzz growing integer layout list makeTarget map mutex operation option perThread pointer queue
  renderDiagnostic representation repro reproFile rwlock stack state threadLocal unlocked word
`;

/** Types leave no trace at run time; importing each by name is the test. */
export type Types = [
  provsim.Blueprint,
  provsim.Bool,
  provsim.Builder,
  provsim.ByteTargetOptions,
  provsim.CaseReport,
  provsim.ClaimName,
  provsim.Claims,
  provsim.Contract,
  provsim.Definition<provsim.ParameterSpecs>,
  provsim.Detection,
  provsim.Diagnostic,
  provsim.DiagnosticEvent,
  provsim.DiagnosticFact,
  provsim.DiagnosticPlace,
  provsim.Effect,
  provsim.Extra,
  provsim.Finding,
  provsim.FoundCase,
  provsim.FuzzEngine,
  provsim.FuzzOptions,
  provsim.FuzzReport,
  provsim.IgnoreRule,
  provsim.InputLocation,
  provsim.Kind,
  provsim.Layout,
  provsim.LogCall,
  provsim.LogRepeat,
  provsim.MachineSettings,
  provsim.Operation,
  provsim.Option,
  provsim.Ordering,
  provsim.ParameterSpec,
  provsim.ParameterSpecs,
  provsim.ParameterValue,
  provsim.ParameterValues,
  provsim.Pointer,
  provsim.ProvsimConfig,
  provsim.RenderOptions,
  provsim.Representation,
  provsim.ReproOptions,
  provsim.Roles,
  provsim.ScalarKind,
  provsim.SeedCount,
  provsim.TargetOptions,
  provsim.VerdictCode,
  provsim.VerdictGroup,
  provsim.Word,
  provsim.WordKind<'index'>,
];

describe('the public names', () => {
  test('of provsim', () => {
    expect(Object.keys(provsim).sort()).toEqual(NAMES.trim().split(/\s+/).sort());
  });

  test('of provsim/vitest', () => {
    expect(Object.keys(forVitest)).toEqual(['expectClaims']);
  });

  test('every entry point of package.json is a source file with the same name', () => {
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      exports: Record<string, string | { types: string; default: string }>;
    };
    const built = Object.values(exports).filter((each) => typeof each === 'object');
    expect(built.map((each) => each.default)).toEqual(['index', 'vitest', 'fast-check'].map((n) => `./dist/${n}.js`));
    for (const each of built) {
      expect(each.types).toBe(each.default.replace(/\.js$/, '.d.ts'));
      expect(readFileSync(each.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts'), 'utf8')).not.toBe('');
    }
  });

  test('loading provsim does not load vitest', () => {
    expect(Object.keys(sourcesOf('src/index.ts')).filter((name) => name === 'vitest')).toEqual([]);
    expect(sourcesOf('src/vitest.ts')).toHaveProperty('vitest');
  });
});

/** Everything that a file imports when it is loaded: packages, and its own files in turn. */
function sourcesOf(file: string, seen: Record<string, true> = {}): Record<string, true> {
  if (seen[file]) return seen;
  seen[file] = true;
  const text = readFileSync(file, 'utf8');
  for (const [, specifier] of text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+'([^']+)'/gm))
    if (specifier.startsWith('.')) sourcesOf(new URL(specifier, `file:///${file}`).pathname.slice(1), seen);
    else seen[specifier] = true;
  return seen;
}

describe('defineConfig', () => {
  test('answers what it is given', () => {
    const config: provsim.ProvsimConfig = { corpus: 'cases', fuzz: { time: '5s' } };
    expect(provsim.defineConfig(config)).toBe(config);
  });

  test('has the keys that the command reads, with types that it takes', () => {
    // The types are what is tested: this compiles or the type check fails.
    const config: provsim.ProvsimConfig = { corpus: 'cases' };
    const read: z.input<typeof configFile> = config;
    const keys: Record<keyof typeof read | keyof provsim.ProvsimConfig, true> = {
      representations: true,
      corpus: true,
      ignore: true,
      fuzz: true,
    };
    expect(Object.keys(configFile.shape).sort()).toEqual(Object.keys(keys).sort());
    expect(configFile.parse(read)).toEqual({ corpus: 'cases' });
  });
});
