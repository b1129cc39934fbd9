// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { RouteEntry, Rule } from '../../snapshot/index.ts';
import { compareHostnames, fitted, share } from '../../values/index.ts';
import type { Attachment } from '../attach/choose-listeners.ts';
import { type AttachContext, attachRoute, type RouteAttachment } from '../attach/parent-refs.ts';
import type { ParentOutcome, PartiallyInvalid, RouteOutcome } from '../outcomes.ts';
import { findingOf, findingsOfRoute } from '../report.ts';
import type { ResolvedBackend } from '../resolve/backend-refs.ts';
import { type BackendWay, ENCRYPTING, PASSING_ON } from '../resolve/backend-way.ts';
import { type AttachableRoute, isRequestRoute, type RequestRoute, rulesOf, type StreamRoute } from '../route-kinds.ts';
import { dependenciesOf } from './dependencies.ts';
import { MAX_ROUTE_PATTERN_SIZE } from './pattern-size.ts';
import { type RankedEntry, rankEntry } from './precedence.ts';
import { readRouteFilters } from './route-filters.ts';
import { type RouteForm, type RouteForms, waysOf } from './route-forms.ts';
import { type RefsForm, refsForm, refsOf, withRefs } from './route-refs.ts';
import { readRouteTiming } from './timing.ts';
import { type DroppedRule, type RuleContext, type TranslatedRule, translateRule } from './translate-rule.ts';
import { translateStream } from './translate-stream.ts';

/** A route, translated as far as it goes without looking at other routes. */
export interface TranslatedRoute extends RouteForms {
  readonly route: AttachableRoute;
  /** What else it was made of, as `Kind/namespace/name`; when one of them changes the route is translated anew. */
  readonly dependencies: readonly string[];
  readonly outcome: RouteOutcome;
  readonly attachments: readonly Attachment[];
  /** Without duplicates. */
  readonly backends: readonly ResolvedBackend[];
  readonly findings: readonly Finding[];
  /** No parent of it is ours: it is other controllers' business, and nothing is said of it. */
  readonly isForeign: boolean;
}

export interface RouteContext extends AttachContext, RuleContext {}

/** Translates one route. Parts equal to those of `previous` keep their identity. */
export function translateRoute(
  route: AttachableRoute,
  context: RouteContext,
  previous: TranslatedRoute | undefined,
): TranslatedRoute {
  const attachment = attachRoute(route, context);
  if (!context.standalone && attachment.parents.length === 0)
    return { ...unattachedRoute(route, dependenciesOf(route), previous), isForeign: true };
  return isRequestRoute(route)
    ? translateRequestRoute(route, attachment, { context, previous })
    : translateStreamRoute(route, attachment, { context, previous });
}

/** No parent takes it. In a cluster there are routes of other controllers; no work is done for one until a parent of it is ours. */
export function unattachedRoute(
  route: AttachableRoute,
  dependencies: readonly string[],
  previous: TranslatedRoute | undefined,
): TranslatedRoute {
  return {
    route,
    dependencies,
    outcome: share(previous?.outcome, { parents: NONE, partiallyInvalid: null }),
    attachments: NONE,
    way: PASSING_ON,
    rules: NONE,
    entries: NONE,
    stream: null,
    otherForms: NONE,
    backends: NONE,
    findings: NONE,
    isForeign: false,
  };
}

/** What translating needs beside the route. */
interface RouteTranslation {
  readonly context: RouteContext;
  readonly previous: TranslatedRoute | undefined;
}

function outcomeOf(outcome: RouteOutcome, { context, previous }: RouteTranslation): RouteOutcome {
  return previous === undefined ? context.repeated.outcome(outcome) : share(previous.outcome, outcome);
}

function attachmentsOf(
  attachments: readonly Attachment[],
  { context, previous }: RouteTranslation,
): readonly Attachment[] {
  return previous === undefined ? context.repeated.attachments(attachments) : share(previous.attachments, attachments);
}

function translateStreamRoute(
  route: StreamRoute,
  { parents, attachments, findings }: RouteAttachment,
  { context, previous }: RouteTranslation,
): TranslatedRoute {
  const dependencies = dependenciesOf(route);
  const [way, ...otherWays] = waysOf(attachments, PASSING_ON, { ...context, dependencies });
  const own = { way, ...translateStream(route, { ...context, way }) };
  const others = otherWays.map(other => ({ way: other, ...translateStream(route, { ...context, way: other }) }));
  const forms = [own, ...others];
  const refsAt = (at: BackendWay): RefsForm => ({ way: at, ...translateStream(route, { ...context, way: at }) });
  const refs = refsOf({ route, dependencies, parents, usual: PASSING_ON }, forms, refsAt);
  const refsFindings = refs.flatMap(form => form.refsProblems.map(({ finding }) => finding));
  const said = [...forms.flatMap(form => form.findings), ...refsFindings];
  return {
    route,
    dependencies,
    outcome: outcomeOf({ parents: withRefs(route, parents, refs), partiallyInvalid: null }, { context, previous }),
    attachments: attachmentsOf(attachments, { context, previous }),
    way,
    rules: NONE,
    entries: NONE,
    stream: share(previous?.stream, own.ranked),
    otherForms: share(
      previous?.otherForms,
      others.map(other => ({ way: other.way, rules: NONE, entries: NONE, stream: other.ranked })),
    ),
    backends: share(previous?.backends, uniqueBackends(forms)),
    findings: share(previous?.findings, findingsOfRoute(route, [...findings, ...saidOnce(said)])),
    isForeign: false,
  };
}

/** What holds for all forms of a route is told by each. */
function saidOnce(findings: readonly Finding[]): Iterable<Finding> {
  return new Map(findings.map(finding => [`${finding.path.join('.')} ${finding.message}`, finding])).values();
}

const NONE: readonly never[] = [];

function translateRequestRoute(
  route: RequestRoute,
  attachment: RouteAttachment,
  { context, previous }: RouteTranslation,
): TranslatedRoute {
  const findings: Finding[] = [...attachment.findings];
  const dependencies = dependenciesOf(route);
  const [way, ...otherWays] = waysOf(attachment.attachments, ENCRYPTING, { ...context, dependencies });
  const { kept, dropped } = translateRules(route, { ...context, way }, findings);
  // What there is to say of a route of requests is the same in all its forms, but for what its backends are.
  const others = otherWays.map(otherWay => ({
    way: otherWay,
    ...translateRules(route, { ...context, way: otherWay }, []),
  }));
  const refsAt = (at: BackendWay): RefsForm => refsForm(at, translateRules(route, { ...context, way: at }, []));
  const forms = [refsForm(way, { kept }), ...others.map(other => refsForm(other.way, other))] as const;
  const refs = refsOf({ route, dependencies, parents: attachment.parents, usual: ENCRYPTING }, forms, refsAt);
  const refsFindings = refs.flatMap(form => form.refsProblems.map(problem => problem.finding));
  findings.push(...saidOnce(refsFindings), ...dropped.map(rule => rule.dropped.finding));
  const isRefused = dropped.length > 0 && kept.every(rule => rule.unsupported.length > 0);
  const attached = withRefs(route, attachment.parents, refs);
  const parents = isRefused ? attached.map(parent => refuseParent(parent, dropped)) : attached;
  const attachments = isRefused ? NONE : attachmentsOf(attachment.attachments, { context, previous });
  const rules = share(
    previous?.rules,
    kept.map(rule => rule.rule),
  );
  const entries = share(previous?.entries, rankEntries(route, kept, rules));
  return {
    route,
    dependencies,
    outcome: outcomeOf(
      { parents, partiallyInvalid: isRefused ? null : droppedRules(route, dropped) },
      { context, previous },
    ),
    attachments,
    way,
    rules,
    entries,
    stream: null,
    otherForms: share(previous?.otherForms, fitted(others.map(other => requestForm(route, other)))),
    backends: share(previous?.backends, uniqueBackends([kept, ...others.map(other => other.kept)].flat())),
    findings: share(previous?.findings, fitted(findingsOfRoute(route, findings))),
    isForeign: false,
  };
}

function requestForm(
  route: RequestRoute,
  { way, kept }: { readonly way: BackendWay; readonly kept: readonly TranslatedRule[] },
): RouteForm {
  const rules = kept.map(({ rule }) => rule);
  return { way, rules, entries: rankEntries(route, kept, rules), stream: null };
}

function translateRules(
  route: RequestRoute,
  context: RouteContext,
  findings: Finding[],
): { kept: readonly TranslatedRule[]; dropped: readonly DroppedRule[] } {
  const timing = readRouteTiming(route, findings);
  const filters = readRouteFilters(route, findings);
  const kept: TranslatedRule[] = [];
  const dropped: DroppedRule[] = [];
  let patternRoom = MAX_ROUTE_PATTERN_SIZE;
  for (const [ruleIndex, rule] of rulesOf(route).entries()) {
    const translated = translateRule(rule, { route, ruleIndex, patternRoom, timing, filters, context });
    if ('dropped' in translated) {
      dropped.push(translated);
      continue;
    }
    kept.push(translated);
    patternRoom -= translated.patternSize;
    findings.push(...translated.findings);
    for (const problem of translated.unsupported) dropped.push({ dropped: problem, ruleIndex });
  }
  return { kept, dropped };
}

function refuseParent(parent: ParentOutcome, dropped: readonly DroppedRule[]): ParentOutcome {
  const first = dropped[0];
  if (parent.accepted !== null || first === undefined) return parent;
  return { ...parent, listeners: [], accepted: first.dropped };
}

/**
 * A rule that answers with a fault, for something in it cannot be served, counts as dropped. PartiallyInvalid must say
 * "Dropped Rule" first and name the rules (RouteConditionPartiallyInvalid).
 */
function droppedRules(route: RequestRoute, dropped: readonly DroppedRule[]): PartiallyInvalid | null {
  const first = dropped[0];
  if (first === undefined) return null;
  const finding = findingOf('route/rules-dropped', route, {
    path: ['spec', 'rules', first.ruleIndex],
    message: `Dropped Rule(s) ${[...new Set(dropped.map(rule => rule.ruleIndex))].join(', ')}: ${first.dropped.finding.message}`,
    help: first.dropped.finding.help,
  });
  return { kind: 'dropped-rules', reason: 'UnsupportedValue', finding };
}

function rankEntries(
  route: RequestRoute,
  kept: readonly TranslatedRule[],
  rules: readonly Rule[],
): readonly RankedEntry[] {
  const { namespace, name, creationTimestamp } = route.metadata;
  const hostnames = fitted((route.spec.hostnames ?? []).map(hostname => hostname.toLowerCase()).sort(compareHostnames));
  const ranked = { namespace, name, creationTimestamp, hostnames };
  const entries = kept.flatMap((translated, index) => {
    const rule = rules[index] ?? translated.rule;
    return translated.matches.map((match, matchIndex) => {
      const entry: RouteEntry = { match, rule, matchIndex };
      return rankEntry(entry, ranked);
    });
  });
  return fitted(entries);
}

function uniqueBackends(kept: readonly Pick<TranslatedRule, 'backends'>[]): readonly ResolvedBackend[] {
  const backends = kept.flatMap(rule => rule.backends);
  if (backends.length < 2) return fitted(backends);
  return fitted([...new Map(backends.map(backend => [backend.clusterId, backend])).values()]);
}
