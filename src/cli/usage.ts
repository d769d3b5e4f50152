import { Command, Option } from 'commander';
import { COMMON_OPTIONS, VERBS, type OptionForm, type Verb } from './verbs.ts';

const SENTENCE = `provsim simulates memory as Miri does, and searches for what breaks an object
reference: a tagged pointer, a handle, a table index, an offset into an arena.`;

const USES: readonly (readonly [command: string, use: string])[] = [
  ['provsim fuzz --time 60s', 'in CI: replays old failing cases, then searches'],
  ['provsim compare', 'before a decision: measures alternatives'],
  ['provsim repro CASE', 'after a failure: one case replayed and explained'],
  ['provsim verify ID', 'in a review: all that threads can do, within bounds'],
];

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'everything held, or the budget ended (known hazards are no failure)'],
  [1, 'a broken claim, a missed expectation, a divergence, --fail-on, --require'],
  [2, 'wrong usage or input'],
  [3, 'a fault of provsim, or a finding that does not reproduce'],
  [130, 'interrupted'],
];

/** What `provsim` alone prints, and `provsim --help`. */
export function usageText(): string {
  return [
    SENTENCE,
    section('Uses', USES),
    section(
      'Verbs (provsim VERB --help tells more)',
      VERBS.map(({ name, summary }) => [name, summary]),
    ),
    section(
      'Exit codes',
      EXIT_CODES.map(([code, meaning]) => [String(code), meaning]),
    ),
  ].join('\n\n');
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return [title, ...rows.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`)].join('\n');
}

/** The command line's grammar. `act` is called with what a verb was given. */
export function commandLineOf(
  version: string,
  act: (verb: Verb, operands: readonly string[], options: Readonly<Record<string, unknown>>) => void,
): Command {
  const program = new Command('provsim');
  program
    .version(version, '-V, --version', 'the version')
    .helpOption('-h, --help', 'this text')
    .helpCommand(false)
    .usage('VERB [options]')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showSuggestionAfterError(true);
  program.helpInformation = () => `${usageText()}\n`;
  for (const form of COMMON_OPTIONS) program.addOption(optionOf(form));
  for (const verb of VERBS) program.addCommand(verbCommand(verb, act));
  return program;
}

function verbCommand(
  verb: Verb,
  act: (verb: Verb, operands: readonly string[], options: Readonly<Record<string, unknown>>) => void,
): Command {
  const command = new Command(verb.name).exitOverride().configureOutput({ writeErr: () => undefined });
  command.summary(verb.summary).description(verb.details).helpOption('-h, --help', 'this text');
  command.addHelpText('before', `${examplesText(verb)}\n`);
  if (verb.operands !== '') command.argument(verb.operands);
  for (const form of [...verb.options, ...COMMON_OPTIONS]) command.addOption(optionOf(form));
  command.action(() => act(verb, command.args, command.opts()));
  return command;
}

function examplesText({ examples }: Verb): string {
  return ['Examples', ...examples.map((example) => `  ${example}`)].join('\n');
}

function optionOf({ flags, help, parse, choices, default: preset, required }: OptionForm): Option {
  const option = new Option(flags, help);
  if (parse !== undefined) option.argParser(parse as (text: string, previous: unknown) => unknown);
  if (choices !== undefined) option.choices(choices);
  if (preset !== undefined) option.default(preset);
  return option.makeOptionMandatory(required === true);
}
