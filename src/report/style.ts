import { Chalk, type ChalkInstance } from 'chalk';

/** How text is shown: the colours by what they mean, and the columns that a line may take. */
export interface Style {
  readonly width: number;
  /** Something must not be: broken claims, missed expectations. */
  readonly bad: ChalkInstance;
  /** Known hazards, and what someone should look at. */
  readonly warning: ChalkInstance;
  readonly good: ChalkInstance;
  /** Names of files and places. */
  readonly place: ChalkInstance;
  /** What stands beside the point: line numbers, labels. */
  readonly quiet: ChalkInstance;
  readonly strong: ChalkInstance;
}

/** @param level 0 (none) to 3 (24 bits), as chalk counts */
export function styleOf(level: 0 | 1 | 2 | 3, width: number): Style {
  const chalk = new Chalk({ level });
  return {
    width,
    bad: chalk.red.bold,
    warning: chalk.yellow,
    good: chalk.green,
    place: chalk.cyan,
    quiet: chalk.dim,
    strong: chalk.bold,
  };
}
