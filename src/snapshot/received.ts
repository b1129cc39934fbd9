// SPDX-License-Identifier: Apache-2.0

/**
 * What of a snapshot was received from another thread, in no more memory than it needs: a structured clone has every text and every
 * empty list once more for each of thousands of rules, and room that no field needs in each object.
 */
import { fitted } from '../values/index.ts';
import type { GrpcMethodMatch, HeaderMatch, HttpPathMatch, RequestMatch, Rule } from './rule.ts';

/** Of one delta. */
export class Received {
  readonly #texts = new Map<string, string>();
  readonly #matches = new Map<RequestMatch, RequestMatch>();

  rule(rule: Rule): Rule {
    const { kind, namespace, name, ruleIndex, ruleName } = rule.origin;
    return {
      id: rule.id,
      origin: {
        kind: this.#text(kind),
        namespace: this.#text(namespace),
        name: this.#text(name),
        ruleIndex,
        ruleName: this.#text(ruleName),
      },
      filters: fitted(rule.filters),
      fault: rule.fault,
      backends: rule.backends,
      totalWeight: rule.totalWeight,
      requestTimeoutMs: rule.requestTimeoutMs,
      backendTimeoutMs: rule.backendTimeoutMs,
      retry: rule.retry,
      sessionPersistence: rule.sessionPersistence,
    };
  }

  /** The same for the same: it may stand in the lists of many hosts. */
  match(sent: RequestMatch): RequestMatch {
    const known = this.#matches.get(sent);
    if (known !== undefined) return known;
    const match = this.#match(sent);
    this.#matches.set(sent, match);
    return match;
  }

  #match(match: RequestMatch): RequestMatch {
    switch (match.kind) {
      case 'grpc':
        return {
          kind: 'grpc',
          method: match.method === null ? null : this.#method(match.method),
          headers: this.#fields(match.headers),
        };
      case 'http':
        return {
          kind: 'http',
          path: this.#path(match.path),
          method: match.method === null ? null : this.#text(match.method),
          headers: this.#fields(match.headers),
          queryParams: this.#fields(match.queryParams),
        };
    }
  }

  #method({ kind, service, method }: GrpcMethodMatch): GrpcMethodMatch {
    return {
      kind: kind === 'exact' ? 'exact' : 'regex',
      service: service === null ? null : this.#text(service),
      method: method === null ? null : this.#text(method),
    };
  }

  #path(path: HttpPathMatch): HttpPathMatch {
    const value = this.#text(path.value);
    switch (path.kind) {
      case 'exact':
        return { kind: 'exact', value };
      case 'prefix':
        return { kind: 'prefix', value };
      case 'regex':
        return { kind: 'regex', value };
    }
  }

  #fields(fields: readonly HeaderMatch[]): readonly HeaderMatch[] {
    if (fields.length === 0) return fitted(fields);
    return fields.map(({ kind, name, value }) => ({
      kind: kind === 'exact' ? 'exact' : 'regex',
      name: this.#text(name),
      value: this.#text(value),
    }));
  }

  /** One copy of those that are equal. */
  #text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }
}
