// SPDX-License-Identifier: Apache-2.0

import type { GrpcMatch } from '../../snapshot/index.ts';
import { type AnchoredPattern, compilePattern } from '../anchored-pattern.ts';
import type { Candidate } from '../candidate-list.ts';
import { HeaderConditions } from '../header-conditions.ts';
import type { PatternVerdicts } from '../pattern-verdicts.ts';
import type { GrpcPath } from './grpc-path.ts';

/** A match of gRPC calls with its patterns compiled. Immutable. */
export class CompiledGrpcMatch implements Candidate<GrpcPath> {
  readonly source: GrpcMatch;
  readonly headers: HeaderConditions | null;
  /** For methods of kind `regex` only; null means that this half is not compared. */
  readonly #service: AnchoredPattern | null;
  readonly #method: AnchoredPattern | null;

  constructor(source: GrpcMatch, verdicts: PatternVerdicts) {
    const regex = source.method?.kind === 'regex' ? source.method : null;
    this.source = source;
    this.headers = source.headers.length === 0 ? null : new HeaderConditions(source.headers, verdicts);
    this.#service = regex === null || regex.service === null ? null : compilePattern(regex.service, verdicts);
    this.#method = regex === null || regex.method === null ? null : compilePattern(regex.method, verdicts);
  }

  get kind(): 'grpc' {
    return 'grpc';
  }

  /** True when the patterns take both names. Exact names are the index's to find. */
  takes(path: GrpcPath): boolean {
    return (
      (this.#service === null || this.#service.takes(path.service)) &&
      (this.#method === null || this.#method.takes(path.method))
    );
  }

  /** True when the method half of the match, exact or not, takes the names. */
  takesMethod(path: GrpcPath): boolean {
    const { method } = this.source;
    if (method === null) return true;
    if (method.kind === 'regex') return this.takes(path);
    return (
      (method.service === null || method.service === path.service) &&
      (method.method === null || method.method === path.method)
    );
  }
}
