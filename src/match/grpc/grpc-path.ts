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

/** Names are made of RFC 3986 `pchar` without percent-encoding and without `;`, which begins path parameters. */
const IN_NAMES: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9\-._~!$&'()*+,=:@]/.test(String.fromCharCode(code)),
);
const SLASH = 0x2f;

/**
 * Splits `/service/method`. null for any other path: no gRPC server has a method of such a name, but one behind us might
 * decode or cut it into the name of a method that a rule guards. `grpcPathFault` says what is wrong with it.
 */
export function splitGrpcPath(path: string): GrpcPath | null {
  return isGrpcPath(path) ? new GrpcPath(path) : null;
}

/** Whether `splitGrpcPath` splits it. Asked for each request whose path is new: no expression is as fast. */
export function isGrpcPath(path: string): boolean {
  if (path.charCodeAt(0) !== SLASH) return false;
  let slash = -1;
  for (let at = 1; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code === SLASH) {
      if (slash >= 0) return false;
      slash = at;
    } else if (IN_NAMES[code] !== true) return false;
  }
  return slash > 0 && !isNoName(path, 1, slash) && !isNoName(path, slash + 1, path.length);
}

/** `path[from, to)` is empty or a dot segment. */
function isNoName(path: string, from: number, to: number): boolean {
  return to - from <= 2 && isDots(path.slice(from, to));
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
