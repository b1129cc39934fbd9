// SPDX-License-Identifier: Apache-2.0

/** A label selector as it is written. */
export interface WrittenLabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?: readonly WrittenRequirement[] | undefined;
}

export interface WrittenRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** A condition on one label. `NotIn` holds for objects without the label, too. */
export type LabelRequirement =
  | { readonly operator: 'In' | 'NotIn'; readonly key: string; readonly values: ReadonlySet<string> }
  | { readonly operator: 'Exists' | 'DoesNotExist'; readonly key: string };

/** Requirements that must all hold. None: everything is selected. */
export type LabelSelector = readonly LabelRequirement[];

/** A selector, or why Kubernetes cannot use it: where, and in words. */
export type ParsedLabelSelector =
  | { readonly selector: LabelSelector }
  | { readonly path: readonly (string | number)[]; readonly problem: string };

/** Reads a selector. The CRDs take any operator and any values; what makes no sense comes out here. */
export function parseLabelSelector(written: WrittenLabelSelector): ParsedLabelSelector {
  const selector: LabelRequirement[] = [];
  for (const [key, value] of Object.entries(written.matchLabels ?? {})) {
    selector.push({ operator: 'In', key, values: new Set([value]) });
  }
  for (const [index, { key, operator, values = [] }] of (written.matchExpressions ?? []).entries()) {
    const fail = (field: string, problem: string) => ({ path: ['matchExpressions', index, field], problem });
    switch (operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0) return fail('values', `${operator} needs values`);
        selector.push({ operator, key, values: new Set(values) });
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0) return fail('values', `${operator} takes no values`);
        selector.push({ operator, key });
        break;
      default:
        return fail('operator', `${JSON.stringify(operator)} is not one of In, NotIn, Exists and DoesNotExist`);
    }
  }
  return { selector };
}

/** True when all requirements hold for the labels. */
export function selectsLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every(requirement => requirementHolds(requirement, labels));
}

function requirementHolds(requirement: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.has(value);
    case 'NotIn':
      return value === undefined || !requirement.values.has(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
