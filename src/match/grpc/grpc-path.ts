// SPDX-License-Identifier: Apache-2.0

/** A gRPC call's name, as `:path` carries it. Its halves are cut only when somebody asks for them. */
export class GrpcPath {
  readonly #path: string;

  /** `path`: as `isGrpcPath` says. */
  constructor(path: string) {
    this.#path = path;
  }

  get service(): string {
    return this.#path.slice(1, this.#path.lastIndexOf('/'));
  }

  get method(): string {
    return this.#path.slice(this.#path.lastIndexOf('/') + 1);
  }
}

/** Both names are RFC 3986 `pchar` without percent-encoding and without `;`, which begins path parameters, and no dot segment. */
const GRPC_PATH = /^\/(?!\.{1,2}\/)[\w.~!$&'()*+,=:@-]+\/(?!\.{1,2}$)[\w.~!$&'()*+,=:@-]+$/;

/**
 * Splits `/service/method`. null for any other path: no gRPC server has a method of such a name, but one behind us might
 * decode or cut it into the name of a method that a rule guards. `grpcPathFault` says what is wrong with it.
 */
export function splitGrpcPath(path: string): GrpcPath | null {
  return isGrpcPath(path) ? new GrpcPath(path) : null;
}

/** Whether `splitGrpcPath` splits it. Asked for each request whose path is new: a loop in JavaScript takes a third longer. */
export function isGrpcPath(path: string): boolean {
  return GRPC_PATH.test(path);
}

function isDots(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..';
}

/** Why a path names no gRPC method, to be put after the path; undefined: it does. docs/requests.md has the table. */
export function grpcPathFault(path: string): string | undefined {
  if (isGrpcPath(path)) return undefined;
  if (/[^!-~]/.test(path)) return 'has a space, a control character or a byte above 0x7e';
  const [, found] = /([?#%;\\"<>^`{|}])/.exec(path) ?? [];
  if (found !== undefined) return `has a ${MEANINGS[found] ?? `"${found}"`}`;
  if (!path.startsWith('/')) return 'does not begin with a slash';
  const segments = path.slice(1).split('/', 3);
  if (segments.length < 2) return 'has no method';
  if (segments.includes('')) return 'has an empty service or method';
  return segments.some(isDots) ? 'has a dot segment' : 'has more than a service and a method';
}

/** What a client is told of such a path; `fault`: what `grpcPathFault` says of it. */
export function invalidPathText(path: string, fault: string): string {
  return `path ${path} ${fault}, so it names no gRPC method`;
}

const MEANINGS: Readonly<Record<string, string>> = {
  '?': 'query',
  '#': 'fragment',
  '%': 'percent-encoding',
  ';': 'path parameter',
  '\\': 'backslash',
};
