// SPDX-License-Identifier: Apache-2.0

import type { PatternWork } from './pattern-work.ts';

/** Of a step, beside the places that it is worked out over. */
const STEP_WORK = 30;
/** As many kinds of characters are one more: a state has a place for each. */
const CLASSES_SHIFT = 5;

/** Where a text has led to. */
interface EngineState {
  /** The places in the pattern. */
  readonly nfaStates: readonly unknown[];
  /** Where it goes from here, by kind of character; null: it is not known. */
  readonly nextAnchored: readonly (EngineState | null)[] | null;
}

/** What the engine makes of a pattern, as far as it is looked at. */
export interface Engine {
  readonly numClasses: number;
  readonly prog: { numInst(): number };
  step(state: EngineState, characters: number, rune: number, anchor: number): EngineState | null;
  match(input: { endPos(): number }, pos: number, anchor: number): boolean | null;
}

interface CountedEngine extends Engine {
  readonly work: PatternWork;
  readonly workOut: Engine['step'];
  readonly matchUncounted: Engine['match'];
}

/** Makes an engine tell what it works out, before it does. Steps that are known cost a look-up, as before. */
export function countWork(engine: Engine, work: PatternWork): void {
  const counted = { work, workOut: engine.step, matchUncounted: engine.match, step, match };
  Object.assign(engine, counted satisfies Omit<CountedEngine, keyof Engine> & Partial<Engine>);
}

function step(
  this: CountedEngine,
  state: EngineState,
  characters: number,
  rune: number,
  anchor: number,
): EngineState | null {
  const known = state.nextAnchored === null ? null : (state.nextAnchored[characters] ?? null);
  if (known !== null) return known;
  this.work.spend(STEP_WORK + state.nfaStates.length + (this.numClasses >> CLASSES_SHIFT));
  const next = this.workOut(state, characters, rune, anchor);
  if (next !== null) this.work.spend(next.nfaStates.length);
  return next;
}

/** null: it has to be done in another way, which writes nothing down and is counted as if the text led to every place at once. */
function match(this: CountedEngine, input: { endPos(): number }, pos: number, anchor: number): boolean | null {
  const verdict = this.matchUncounted(input, pos, anchor);
  if (verdict === null) this.work.spend(this.prog.numInst() * (input.endPos() + 1));
  return verdict;
}
