// SPDX-License-Identifier: Apache-2.0

const CONTROLLER = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** Whether a GatewayClass can have it as `controllerName`: a domain, then a path (GatewayController). */
export function isControllerName(text: string): boolean {
  return CONTROLLER.test(text);
}
