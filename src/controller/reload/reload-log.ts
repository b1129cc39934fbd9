// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import type { Finding } from '../../errors/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import type { Store } from '../../store/index.ts';
import type { GatewayLog } from '../log/log.ts';
import { locateFindings } from '../shown/located-finding.ts';
import type { View } from '../shown/view.ts';
import { describeChanges, nameOf, newFindings } from './reload-report.ts';

/** Findings told one by one after a reload; the rest is counted. `daemun get` and `/findings` have them all. */
const MAX_TOLD = 20;

/** As it happens, which may be long before the first reload. */
const TOLD_BY_THE_STORE: Finding['code'] = 'store/not-permitted';

/** Gateways that one line names. */
const NAMED_GATEWAYS = 5;

/** One line for each reload that changed something, and one for each finding that is new. */
export class ReloadLog {
  readonly #log: GatewayLog;
  readonly #store: Pick<Store, 'locate'>;
  readonly #isShared: boolean;

  /**
   * `isShared`: others have objects there, too, and Pods come and go. A reload that solves nothing and changes nothing but endpoints is
   * then told at level debug only.
   */
  constructor(
    log: GatewayLog,
    { store, isShared }: { readonly store: Pick<Store, 'locate'>; readonly isShared: boolean },
  ) {
    this.#log = log;
    this.#store = store;
    this.#isShared = isShared;
  }

  reloaded(view: View, previous: View | null, tookMs: number): void {
    const fresh = newFindings(view, previous);
    if (previous !== null) {
      this.#tellChanges(view, previous, tookMs);
      this.#tellAbandoned(view, previous);
    }
    this.#tellFindings(
      fresh.filter(({ severity, code }) => severity !== 'info' && code !== TOLD_BY_THE_STORE),
      view.resources,
    );
  }

  #tellChanges(view: View, previous: View, tookMs: number): void {
    const changes = describeChanges(previous.resources, view.resources);
    const solved =
      previous.findings.length > view.findings.length ? previous.findings.length - view.findings.length : 0;
    if (Object.keys(changes).length === 0 && solved === 0) return;
    const fields = { ...changes, ms: Math.round(tookMs * 10) / 10, version: view.published.version };
    const isNews = !this.#isShared || solved > 0 || changesMoreThanEndpoints(previous.published, view.published);
    const level = isNews ? 'info' : 'debug';
    this.#log[level]('configuration reloaded', solved === 0 ? fields : { ...fields, findingsSolved: solved });
  }

  /** Gateways that stay and are nobody's business any more, since their class is not. */
  #tellAbandoned({ resources, translation }: View, previous: View): void {
    if (resources.gatewayClasses === previous.resources.gatewayClasses) return;
    const left = [...previous.translation.outcomes.gateways.keys()].filter(
      key => resources.gateways.has(key) && !translation.outcomes.gateways.has(key),
    );
    if (left.length === 0) return;
    const classes = new Set(left.map(key => resources.gateways.get(key)?.spec.gatewayClassName));
    this.#log.warn('Gateways are served no longer: their GatewayClass is gone, or another controller’s', {
      gatewayClass: [...classes].join(', '),
      gateways:
        left.slice(0, NAMED_GATEWAYS).join(', ') +
        (left.length > NAMED_GATEWAYS ? ` and ${left.length - NAMED_GATEWAYS} more` : ''),
      fix: 'make the class again, as `daemun install --apply` and `helm upgrade` do: what was made for these Gateways, and their addresses, stays for that',
    });
  }

  #tellFindings(fresh: readonly Finding[], resources: ResourceSet): void {
    for (const finding of locateFindings(fresh.slice(0, MAX_TOLD), this.#store, resources)) {
      const level = levelOf(finding);
      const place =
        finding.file === null ? {} : { place: `${shortPath(finding.file)}:${finding.line}:${finding.column}` };
      const resource = finding.resource === null ? {} : { resource: nameOf(finding.resource) };
      const help = finding.help === '' ? {} : { help: finding.help };
      this.#log[level](finding.message, { code: finding.code, ...resource, ...place, ...help });
    }
    if (fresh.length > MAX_TOLD) this.#log.warn(`${fresh.length - MAX_TOLD} more findings; \`daemun check\` lists all`);
  }
}

/** By identity, which what did not change keeps. */
function changesMoreThanEndpoints(before: Snapshot, after: Snapshot): boolean {
  return (
    before.bindings !== after.bindings ||
    before.clusters !== after.clusters ||
    before.certificates !== after.certificates ||
    before.trustBundles !== after.trustBundles
  );
}

/** What `--demo` puts in place is what the user asked for. */
function levelOf({ code, severity }: Pick<Finding, 'code' | 'severity'>): 'info' | 'warn' | 'error' {
  if (code.startsWith('demo/')) return 'info';
  return severity === 'error' ? 'error' : 'warn';
}

/** As seen from the working directory, where the file is below it. */
function shortPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith('..') ? file : short;
}
