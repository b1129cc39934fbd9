// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../errors/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Accepted } from './accept/accepted.ts';
import type { FrontendGroups } from './arbitrate/frontend-groups.ts';
import type { ListenerTables } from './arbitrate/listener-tables.ts';
import type { SettledRoutes } from './arbitrate/settled-routes.ts';
import type { StreamTables } from './arbitrate/stream-tables.ts';
import type { Linted } from './lint/lint.ts';
import type { Outcomes } from './outcomes.ts';
import type { AttachedRoutes } from './publish/attached-routes.ts';
import type { PublishedBindings } from './publish/bindings.ts';
import type { PublishedClients } from './publish/clients.ts';
import type { PublishedClusters } from './publish/clusters.ts';
import type { PublishedFrontends } from './publish/frontends.ts';
import type { SliceIndex } from './resolve/slice-index.ts';
import type { TranslatedRoutes } from './rules/translated-routes.ts';
import type { SetAside } from './set-aside.ts';

/** What a set of resources comes to. */
export interface Translation {
  readonly snapshot: Snapshot;
  /** In an order that does not depend on that of the resources; those of objects that were set aside last. They are made when they are first asked for. */
  readonly findings: readonly Finding[];
  /** Warnings beside `findings` that were counted only, since there are `MAX_LISTED_FINDINGS` before them; else 0. */
  readonly moreWarnings: number;
  readonly outcomes: Outcomes;
  /** Objects whose changes were left out. */
  readonly setAside: readonly SetAside[];
  /** For the next translation only; nobody else may look at it. */
  readonly memory: TranslationMemory;
}

/** What the next translation goes on from. A snapshot alone: all is done again, and the version grows as ever. */
export type PreviousTranslation = Pick<Translation, 'snapshot'> & Partial<Pick<Translation, 'outcomes' | 'memory'>>;

/** The steps' results, from which the next translation takes over what did not change. */
export interface TranslationMemory {
  readonly accepted: Accepted;
  readonly slices: SliceIndex;
  readonly routes: TranslatedRoutes;
  readonly attached: AttachedRoutes;
  readonly clusters: PublishedClusters;
  readonly tables: ListenerTables;
  readonly streams: StreamTables;
  readonly bindings: PublishedBindings;
  readonly groups: FrontendGroups;
  readonly settled: SettledRoutes;
  readonly frontends: PublishedFrontends;
  readonly clients: PublishedClients;
  readonly lint: () => Linted;
}
