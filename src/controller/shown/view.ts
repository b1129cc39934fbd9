// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../errors/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import type { BindFailures, Snapshot } from '../../snapshot/index.ts';
import type { Statuses } from '../../status/index.ts';
import type { Translation } from '../../translate/index.ts';

/** All that one reload came to; immutable, replaced as a whole. */
export interface View {
  /** What users wrote, and what `--demo` added. */
  readonly resources: ResourceSet;
  /** With what became of it when it was published. */
  readonly translation: Translation;
  /** What the data plane was given: the translation's snapshot, moved to free ports where asked for. */
  readonly published: Snapshot;
  /** What the operating system refused to bind, by id of the published binding, with the reason. */
  readonly bindFailures: BindFailures;
  /** By `Kind/namespace/name` (`Kind/name` for cluster-scoped kinds). */
  readonly statuses: Statuses;
  /** Of the files, of `--demo` and of the translation. */
  readonly findings: readonly Finding[];
}
