import type { LineCursor } from '../text/cursor.ts';
import { MAX_THREAD } from './forms.ts';
import type { ScheduleChoice } from './scenario.ts';

/** Choices among readable messages and among addresses are numbered from 0; no execution has that many. */
const MAX_CHOICE = 65_535;
/** A schedule has at most this many choices, repetitions included. */
const MAX_CHOICES = 1_000_000;
const LINE_WIDTH = 100;

const WORDS = ['read', 'address'] as const;

/** `schedule 0*5 1 read 2 0 address 3`: thread numbers, `N*TIMES` for a thread that steps several times, and the other choices. */
export function parseSchedule(cursor: LineCursor, choices: ScheduleChoice[]): void {
  const expected = "a thread number, 'read N' or 'address N'";
  if (cursor.atEnd) cursor.fail(expected);
  while (!cursor.atEnd) {
    const column = cursor.column;
    const kind = WORDS.find((word) => cursor.tryKeyword(word));
    let times = 1;
    let choice: ScheduleChoice;
    if (kind === 'read') choice = { read: cursor.count('a number', 0, MAX_CHOICE) };
    else if (kind === 'address') choice = { address: cursor.count('a number', 0, MAX_CHOICE) };
    else {
      choice = { thread: cursor.count(expected, 0, MAX_THREAD) };
      if (cursor.trySign('*')) times = cursor.count('how many steps', 1, MAX_CHOICES);
    }
    if (choices.length + times > MAX_CHOICES) cursor.fail(`at most ${MAX_CHOICES} choices`, column);
    for (let time = 0; time < times; time++) choices.push(choice);
  }
}

/** The schedule lines of some choices, none when there are none. */
export function printSchedule(choices: readonly ScheduleChoice[]): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of choiceWords(choices)) {
    if (line !== '' && line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line);
      line = '';
    }
    line = `${line === '' ? 'schedule' : line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

function choiceWords(choices: readonly ScheduleChoice[]): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (at < choices.length) {
    const choice = choices[at];
    const start = at++;
    if ('read' in choice) words.push(`read ${choice.read}`);
    else if ('address' in choice) words.push(`address ${choice.address}`);
    else {
      while (at < choices.length && isStepOf(choices[at], choice.thread)) at++;
      words.push(at - start === 1 ? `${choice.thread}` : `${choice.thread}*${at - start}`);
    }
  }
  return words;
}

function isStepOf(choice: ScheduleChoice, thread: number): boolean {
  return 'thread' in choice && choice.thread === thread;
}
