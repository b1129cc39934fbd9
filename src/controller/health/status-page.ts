// SPDX-License-Identifier: Apache-2.0

import type { ClusterReadiness } from '../../proxy/index.ts';
import type { ProcessIdentity } from '../ports/siblings.ts';
import type { GatewaySummary } from '../shown/summary.ts';
import { type Troubles, timeText } from '../shown/trouble.ts';
import type { View } from '../shown/view.ts';
import type { Readiness } from './readiness.ts';
import { secretOf } from './resource-troubles.ts';

/** What `/status` says of a running process. Times are RFC 3339. */
export interface StatusPage {
  readonly process: ProcessIdentity;
  readonly versions: { readonly daemun: string; readonly node: string };
  readonly state: 'starting' | 'running' | 'draining';
  readonly startedAt: string;
  readonly readiness: Readiness;
  readonly source: StatusSource;
  /** Of the snapshot that is served: it grows with each change, and begins anew with each process. */
  readonly version: number;
  /** When that went live; null: nothing did yet. */
  readonly changedAt: string | null;
  readonly counts: Counts;
  /** The certificate that is served and ends first; null: none is served. */
  readonly firstToExpire: { readonly secret: string; readonly notAfter: string } | null;
  readonly troubles: Troubles;
  readonly gateways: readonly GatewaySummary[];
  /** Ids of the sockets that are bound. */
  readonly sockets: readonly string[];
}

/** Where the resources come from. */
export type StatusSource =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | {
      readonly kind: 'cluster';
      readonly server: string;
      readonly controllerName: string;
      /** This process writes statuses. */
      readonly isLeading: boolean;
      /** Who does, as far as is known; '' when nobody does. */
      readonly leader: string;
      /** From when what is served is, in part at least; null: from now, for the cluster is followed. */
      readonly staleSince: string | null;
    };

/** Of how many, how many are well. */
export interface Share {
  readonly well: number;
  readonly all: number;
}

/** What is attached to what. */
export interface Counts {
  /** Programmed. */
  readonly gateways: Share;
  readonly listeners: Share;
  /** Accepted by every parent that is ours. */
  readonly routes: Share;
  /** Backends with an endpoint that takes calls. */
  readonly clusters: Share;
  readonly endpoints: Share;
}

/** Counts what there is. `view`: null until the first reload has ended. */
export function countsOf(
  view: Pick<View, 'translation'> | null,
  endpoints: ReadonlyMap<string, Pick<ClusterReadiness, 'ready' | 'all'>>,
): Counts {
  const { gateways = NONE, listenerSets = NONE, routes = NONE } = view?.translation.outcomes ?? {};
  const listeners = [...gateways.values(), ...listenerSets.values()].flatMap(one => one.listeners);
  const ours = [...routes.values()].filter(({ parents }) => parents.length > 0);
  const sets = [...endpoints.values()];
  return {
    gateways: share([...gateways.values()], one => one.accepted === null && one.programmed === null),
    listeners: share(listeners, one => one.programmed === null),
    routes: share(ours, one => one.parents.every(({ accepted }) => accepted === null)),
    clusters: share(sets, ({ ready }) => ready > 0),
    endpoints: { well: sum(sets, ({ ready }) => ready), all: sum(sets, ({ all }) => all) },
  };
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();

/** The certificate that ends first. */
export function firstToExpire({ published }: Pick<View, 'published'>): StatusPage['firstToExpire'] {
  const [first] = published.certificates.toSorted((a, b) => a.notAfterMs - b.notAfterMs);
  return first === undefined ? null : { secret: secretOf(first.id), notAfter: timeText(first.notAfterMs) };
}

function share<T>(all: readonly T[], isWell: (one: T) => boolean): Share {
  return { well: all.filter(isWell).length, all: all.length };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
