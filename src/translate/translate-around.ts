// SPDX-License-Identifier: Apache-2.0

import { EMPTY_RESOURCES, type ResourceSet } from '../resources/index.ts';
import type { TranslateEnvironment } from './environment.ts';
import { faultOf } from './fault.ts';
import { tellAside } from './publish/aside-outcomes.ts';
import { changesBetween, type ResourceChange, withChanges } from './resource-changes.ts';
import { asServed, type SetAside } from './set-aside.ts';
import { translate } from './translate.ts';
import type { PreviousTranslation, Translation } from './translation.ts';

/** What is looked for at most, each in as many translations as the changes can be halved. With more the whole translation breaks. */
const MAX_SET_ASIDE = 32;

/** What was translated last, from which the next translation goes on. */
export interface LastTranslation {
  /** Those that were translated: as written, but for what was set aside. */
  readonly resources: ResourceSet;
  readonly previous: PreviousTranslation;
  readonly setAside: readonly SetAside[];
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
 * `last.previous` was made of. Throws when there is no such object, or too many.
 */
export function translateAround(
  written: ResourceSet,
  environment: TranslateEnvironment,
  last: LastTranslation | undefined,
): AroundTranslation {
  const whole = attempt(written, environment, last?.previous);
  if (whole.translation !== null) return told({ resources: written, translation: whole.translation }, environment, []);
  return (
    (last && aroundThoseKnown(written, environment, last)) ??
    (last && withoutMemory(written, environment, last)) ??
    search(written, environment, last)
  );
}

type Attempt =
  | { readonly translation: Translation; readonly error: null }
  | { readonly translation: null; readonly error: unknown };

function attempt(
  resources: ResourceSet,
  environment: TranslateEnvironment,
  previous: PreviousTranslation | undefined,
): Attempt {
  try {
    return { translation: translate(resources, environment, previous), error: null };
  } catch (error) {
    return { translation: null, error };
  }
}

interface Base {
  readonly resources: ResourceSet;
  readonly translation: Translation;
}

function told(
  { resources, translation }: Base,
  { controllerName }: TranslateEnvironment,
  setAside: readonly SetAside[],
): AroundTranslation {
  const world = { resources, controllerName };
  return {
    translation: setAside.length === 0 ? translation : tellAside(translation, world, setAside),
    last: { resources, previous: translation, setAside },
  };
}

/** What was set aside before is so again, where it is still what is written. */
function aroundThoseKnown(
  written: ResourceSet,
  environment: TranslateEnvironment,
  { previous, setAside }: LastTranslation,
): AroundTranslation | undefined {
  const known = setAside.filter(({ field, name, written: before }) => written[field].get(name) === before);
  if (known.length === 0) return undefined;
  const around = asServed(written, known);
  const { translation } = attempt(around, environment, previous);
  return translation === null ? undefined : told({ resources: around, translation }, environment, known);
}

/** What breaks may be something that is remembered. */
function withoutMemory(
  written: ResourceSet,
  environment: TranslateEnvironment,
  { previous }: LastTranslation,
): AroundTranslation | undefined {
  const { translation } = attempt(written, environment, { snapshot: previous.snapshot });
  return translation === null ? undefined : told({ resources: written, translation }, environment, []);
}

/** Goes from what could be translated last to what is written, past each change that breaks us. */
function search(
  written: ResourceSet,
  environment: TranslateEnvironment,
  last: LastTranslation | undefined,
): AroundTranslation {
  let base = soundBase(environment, last);
  let rest = changesBetween(base.resources, written);
  const setAside: SetAside[] = [];
  for (;;) {
    const { reached, passed, error } = advance(base, rest, environment);
    base = reached;
    const change = rest[passed];
    if (change === undefined) return told(base, environment, setAside);
    if (setAside.length === MAX_SET_ASIDE) throw error;
    setAside.push(asideOf(change, { base, written, error, since: sinceOf(change, last) ?? environment.nowMs }));
    rest = rest.slice(passed + 1);
  }
}

/** What was translated last, with what is remembered of it or without; else nothing at all. */
function soundBase(environment: TranslateEnvironment, last: LastTranslation | undefined): Base {
  if (last === undefined) return { resources: EMPTY_RESOURCES, translation: translate(EMPTY_RESOURCES, environment) };
  const { resources, previous } = last;
  const snapshot = { snapshot: previous.snapshot };
  for (const known of [previous, snapshot]) {
    const { translation } = attempt(resources, environment, known);
    if (translation !== null) return { resources, translation };
  }
  return { resources: EMPTY_RESOURCES, translation: translate(EMPTY_RESOURCES, environment, snapshot) };
}

/** Takes up changes one after the other until one breaks: `passed` could be taken up, `error` is what the next one does. */
function advance(
  from: Base,
  changes: readonly ResourceChange[],
  environment: TranslateEnvironment,
): { readonly reached: Base; readonly passed: number; readonly error: unknown } {
  let reached = from;
  let [passed, broken, error] = [0, changes.length + 1, undefined as unknown];
  for (let next = changes.length; passed + 1 < broken; next = (passed + broken) >> 1) {
    const resources = withChanges(reached.resources, changes.slice(passed, next));
    const tried = attempt(resources, environment, reached.translation);
    if (tried.translation === null) [broken, error] = [next, tried.error];
    else [reached, passed] = [{ resources, translation: tried.translation }, next];
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
