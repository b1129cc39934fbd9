// SPDX-License-Identifier: Apache-2.0

import { DaemunError, messageOf } from '../errors/index.ts';
import { EMPTY_RESOURCES, type ResourceSet } from '../resources/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { TranslateEnvironment } from './environment.ts';
import { faultOf } from './fault.ts';
import { tellAside } from './publish/aside-outcomes.ts';
import { changesBetween, type ResourceChange, withChanges } from './resource-changes.ts';
import { asServed, compareAside, type SetAside } from './set-aside.ts';
import { translate } from './translate.ts';
import type { PreviousTranslation, Translation } from './translation.ts';

/** What is looked for at most, each in as many translations as the changes can be halved. With more the whole translation breaks. */
const MAX_SET_ASIDE = 32;
/** What breaks is looked for so long, while nothing else is served anew: many times what one of 10,000 routes takes. Then the whole translation breaks. */
const MAX_SEARCH_MS = 30_000;

/** What was translated last, from which the next translation goes on. */
export interface LastTranslation {
  /** Those that were translated: as written, but for what was set aside. */
  readonly resources: ResourceSet;
  readonly previous: PreviousTranslation;
  readonly setAside: readonly SetAside[];
}

/** How a translation goes on from the last one, and what else may break it. */
export interface AroundOptions {
  /** Default: there was none. */
  readonly last?: LastTranslation | undefined;
  /** Milliseconds, by a clock that never goes back. */
  readonly nowMs: () => number;
  /** The environment of such resources, where that depends on them. Default: it does not. */
  readonly environmentOf?: (resources: ResourceSet) => TranslateEnvironment;
  /** Throws for what a data plane could not take up. Default: it takes up all. */
  readonly check?: ((snapshot: Snapshot) => void) | undefined;
}

/** A translation and what to give `translateAround` next. */
export interface AroundTranslation {
  /** With what there is to say of objects that were set aside. For people, statuses and the data plane, not for `translate`. */
  readonly translation: Translation;
  readonly last: LastTranslation;
}

/**
 * As `translate`, but a fault of ours stays with the object that brings it about: its change is set aside, so that it is served as it was, or
 * not at all if it is new, and everything else as it is written. Every translation tries again. `last.resources` is what
 * `last.previous` was made of. Throws when there is no such object, or too many, or when looking for them takes too long.
 */
export function translateAround(
  written: ResourceSet,
  environment: TranslateEnvironment,
  options: AroundOptions,
): AroundTranslation {
  const { last } = options;
  const trial: Trial = { ...options, written, environment };
  const whole = attempt(trial, written, last?.previous);
  if (whole.translation !== null) return told(trial, { resources: written, translation: whole.translation }, []);
  return (last && aroundThoseKnown(trial, last)) ?? (last && withoutMemory(trial, last)) ?? search(trial);
}

interface Trial extends AroundOptions {
  readonly written: ResourceSet;
  readonly environment: TranslateEnvironment;
}

type Attempt =
  | { readonly translation: Translation; readonly error: null }
  | { readonly translation: null; readonly error: unknown };

function attempt(
  { environment, environmentOf = () => environment, check }: Trial,
  resources: ResourceSet,
  previous: PreviousTranslation | undefined,
): Attempt {
  try {
    const translation = translate(resources, environmentOf(resources), previous);
    check?.(translation.snapshot);
    return { translation, error: null };
  } catch (error) {
    return { translation: null, error };
  }
}

interface Base {
  readonly resources: ResourceSet;
  readonly translation: Translation;
}

function told(
  { environment: { controllerName } }: Trial,
  { resources, translation }: Base,
  found: readonly SetAside[],
): AroundTranslation {
  const setAside = found.toSorted(compareAside);
  const world = { resources, controllerName };
  return {
    translation: setAside.length === 0 ? translation : tellAside(translation, world, setAside),
    last: { resources, previous: translation, setAside },
  };
}

/** What was set aside before is so again, where it is still what is written. */
function aroundThoseKnown(trial: Trial, { previous, setAside }: LastTranslation): AroundTranslation | undefined {
  const known = setAside.filter(({ field, name, written: before }) => trial.written[field].get(name) === before);
  if (known.length === 0) return undefined;
  const around = asServed(trial.written, known);
  const { translation } = attempt(trial, around, previous);
  return translation === null ? undefined : told(trial, { resources: around, translation }, known);
}

/** What breaks may be something that is remembered. */
function withoutMemory(trial: Trial, { previous }: LastTranslation): AroundTranslation | undefined {
  const { translation } = attempt(trial, trial.written, { snapshot: previous.snapshot });
  return translation === null ? undefined : told(trial, { resources: trial.written, translation }, []);
}

/** Goes from what could be translated last to what is written, past each change that breaks us. */
function search(trial: Trial): AroundTranslation {
  const { written, environment, last, nowMs } = trial;
  const deadlineMs = nowMs() + MAX_SEARCH_MS;
  let base = soundBase(trial);
  let rest = changesBetween(base.resources, written);
  const setAside: SetAside[] = [];
  for (;;) {
    const { reached, passed, error } = advance(base, rest, { trial, deadlineMs });
    base = reached;
    const change = rest[passed];
    if (change === undefined) return told(trial, base, setAside);
    if (setAside.length === MAX_SET_ASIDE) throw giveUp(`more than ${MAX_SET_ASIDE} objects break`, error);
    setAside.push(asideOf(change, { base, written, error, since: sinceOf(change, last) ?? environment.nowMs }));
    rest = rest.slice(passed + 1);
  }
}

/** `error`: what the last that was found does. */
function giveUp(why: string, error: unknown): DaemunError {
  return new DaemunError('internal/unexpected', `${why}, the last of them: ${messageOf(error)}`, { cause: error });
}

/** What was translated last, with what is remembered of it or without; else nothing at all. */
function soundBase(trial: Trial): Base {
  const { environment, last } = trial;
  if (last === undefined) return { resources: EMPTY_RESOURCES, translation: translate(EMPTY_RESOURCES, environment) };
  const { resources, previous } = last;
  const snapshot = { snapshot: previous.snapshot };
  for (const known of [previous, snapshot]) {
    const { translation } = attempt(trial, resources, known);
    if (translation !== null) return { resources, translation };
  }
  return { resources: EMPTY_RESOURCES, translation: translate(EMPTY_RESOURCES, environment, snapshot) };
}

/** Takes up changes one after the other until one breaks: `passed` could be taken up, `error` is what the next one does. */
function advance(
  from: Base,
  changes: readonly ResourceChange[],
  { trial, deadlineMs }: { readonly trial: Trial; readonly deadlineMs: number },
): { readonly reached: Base; readonly passed: number; readonly error: unknown } {
  let reached = from;
  let [passed, broken, error] = [0, changes.length + 1, undefined as unknown];
  for (let next = changes.length; passed + 1 < broken; next = (passed + broken) >> 1) {
    const resources = withChanges(reached.resources, changes.slice(passed, next));
    const tried = attempt(trial, resources, reached.translation);
    if (tried.translation === null) [broken, error] = [next, tried.error];
    else [reached, passed] = [{ resources, translation: tried.translation }, next];
    if (error !== undefined && trial.nowMs() >= deadlineMs)
      throw giveUp(`the objects that break could not be told within ${MAX_SEARCH_MS / 1_000} s`, error);
  }
  return { reached, passed, error };
}

function asideOf(
  { field, name, after }: ResourceChange,
  parts: { readonly base: Base; readonly written: ResourceSet; readonly error: unknown; readonly since: number },
): SetAside {
  const served = parts.base.resources[field].get(name);
  const finding = faultOf('resource/broken', after ?? served ?? name, parts.error);
  return { field, name, written: after, served, finding, sinceMs: parts.since };
}

function sinceOf({ field, name }: ResourceChange, last: LastTranslation | undefined): number | undefined {
  return last?.setAside.find(known => known.field === field && known.name === name)?.sinceMs;
}
