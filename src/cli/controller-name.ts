// SPDX-License-Identifier: Apache-2.0
import { usageError } from './exit-code.ts';

/** As the API wants it: a domain, then a path. */
const CONTROLLER = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** Throws a usage error for a `--controller-name` that no GatewayClass can have. */
export function checkControllerName(name: string): void {
  if (CONTROLLER.test(name)) return;
  throw usageError(`--controller-name ${name}: a domain and a path are needed`, 'Example: example.com/daemun');
}
