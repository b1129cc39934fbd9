// SPDX-License-Identifier: Apache-2.0

import { changedTarget } from '../../match/index.ts';
import type { UrlRewrite } from '../../snapshot/index.ts';
import { pathIn, type VolatileFields, withTarget } from '../../wire/index.ts';
import type { MutableFields } from './header-change.ts';

/**
 * What a rule and one of its backends make of `:authority` and `:path`. Where the target stands in the list, that is computed once
 * for each list, else for each request.
 */
export class TargetRewrite {
  readonly #rewrite: UrlRewrite;

  constructor(rewrite: UrlRewrite) {
    this.#rewrite = rewrite;
  }

  /** Changes the fields of a header list, in place. */
  rewrite({ names, values }: MutableFields): void {
    const { hostname, path } = this.#rewrite;
    for (let at = 0; at < names.length; at++) {
      if (hostname !== null && names[at] === ':authority') values[at] = hostname;
      if (path !== null && names[at] === ':path') values[at] = changedTarget(path, values[at] as string);
    }
  }

  /** Fields of a request whose target may stand among them. */
  rewriteVolatile(fields: VolatileFields): VolatileFields {
    const { path } = this.#rewrite;
    const target = path === null ? null : pathIn(fields);
    return path === null || target === null ? fields : withTarget(fields, changedTarget(path, target));
  }
}
