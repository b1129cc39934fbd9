// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../../errors/index.ts';
import type { Metadata } from '../../../resources/index.ts';
import { compareStrings, parseDuration, parseRange } from '../../../values/index.ts';
import { findingOf } from '../../report.ts';

/** What an annotation's text means, or what is wrong with it (one clause). */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** What every annotation says of itself. */
export interface AnnotationDeclaration {
  /** `daemun.dev/…`. */
  readonly name: string;
  /** The kinds of objects on which it is read. */
  readonly kinds: readonly ('Gateway' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute' | 'UDPRoute' | 'Service' | 'XBackend')[];
  /** The syntax by example; completes "Write …". */
  readonly syntax: string;
}

/** How one annotation is read. */
export interface Annotation<T> extends AnnotationDeclaration {
  /** Used when the annotation is absent or wrong. */
  readonly fallback: T;
  parse(text: string): Parsed<T>;
}

interface Annotated {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** Reads an annotation of `resource`; a wrong value is a warning, and the default holds. */
export function readAnnotation<T>(resource: Annotated, reader: Annotation<T>, findings: Finding[]): T {
  const text = resource.metadata.annotations[reader.name];
  if (text === undefined) return reader.fallback;
  const parsed = reader.parse(text.trim());
  if ('value' in parsed) return parsed.value;
  findings.push(
    findingOf('annotation/invalid-value', resource, {
      path: ['metadata', 'annotations', reader.name],
      message: `${reader.name}: ${parsed.problem}; the default is used`,
      help: `Write ${reader.syntax}`,
    }),
  );
  return reader.fallback;
}

/** Reads addresses and CIDR ranges: sorted, each once, in their one form. */
export function parseRanges(text: string): Parsed<readonly string[]> {
  const ranges = new Set<string>();
  for (const part of text.split(/[,\s]+/).filter(range => range !== '')) {
    const range = parseRange(part);
    if (range === undefined) return { problem: `"${part}" is not an address or a CIDR range` };
    ranges.add(range);
  }
  return ranges.size === 0 ? { problem: 'it names nobody' } : { value: [...ranges].sort(compareStrings) };
}

/** Reads a GEP-2257 duration (`1h30m`, `500ms`) as milliseconds. */
export function parseDurationMs(text: string): Parsed<number> {
  const value = parseDuration(text);
  return value === undefined ? { problem: `"${text}" is not a duration such as 500ms or 1m30s` } : { value };
}

/** As `parseDurationMs`; `0s` is null: no limit. */
export function parseOptionalDurationMs(text: string): Parsed<number | null> {
  const parsed = parseDurationMs(text);
  return 'value' in parsed && parsed.value === 0 ? { value: null } : parsed;
}

/** Reads `a=1,b=2`; a key outside `keys`, or one without value, is a problem. */
export function parseSettings(text: string, keys: readonly string[]): Parsed<ReadonlyMap<string, string>> {
  const settings = new Map<string, string>();
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    const key = (equals < 0 ? part : part.slice(0, equals)).trim();
    if (!keys.includes(key)) return { problem: `"${key}" is not one of ${keys.join(', ')}` };
    if (equals < 0) return { problem: `"${key}" has no value` };
    settings.set(key, part.slice(equals + 1).trim());
  }
  return { value: settings };
}
