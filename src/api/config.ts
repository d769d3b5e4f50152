import type { Representation } from '../model/machine/definition.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';

/**
 * The configuration of a project: the default export of `provsim.config.ts` or `provsim.config.mjs`. The command validates it and
 * names the path of whatever is wrong in it.
 */
export interface ProvsimConfig {
  /** The project's own representations, beside the catalogue; their ids must be new. */
  representations?: Representation[];
  /** Folder of scenarios that are replayed before a search, relative to the configuration; `corpus` where it exists unless given. */
  corpus?: string;
  /** Verdicts that are counted and not told. */
  ignore?: IgnoreRule[];
  /** What `provsim fuzz` does unless its options say otherwise. */
  fuzz?: {
    /** Budget of the whole command, such as `'60s'`, `'2m'` or `'500ms'`; 30 s when neither time nor runs is given. */
    time?: string;
    /** Executions for each representation. */
    runs?: number;
    /** A 32-bit integer; 1 unless given. */
    seed?: number;
  };
}

export interface IgnoreRule {
  code: VerdictCode;
  /** The id of the representation it is for; all of them unless given. */
  representation?: string;
  /** Why nobody needs to hear of it; it is shown beside the count. */
  reason: string;
}

/** Answers the configuration unchanged; it is there for completion and type checking in an editor. */
export function defineConfig(config: ProvsimConfig): ProvsimConfig {
  return config;
}
