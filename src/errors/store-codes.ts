// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about reading: files, documents, objects. */
export const STORE_CODES = {
  'store/syntax': {
    severity: 'error',
    summary: 'a file is not valid YAML or JSON',
    help: 'correct the text at the place shown; the last good state of the file stays in use',
  },
  'store/template': {
    severity: 'error',
    summary: 'a file is the source of a chart, not what comes of it',
    help: 'render it first: helm template CHART > manifests.yaml',
  },
  'store/tab': {
    severity: 'error',
    summary: 'a file is indented with a tab, which YAML forbids',
    help: 'write spaces instead of the tab; the last good state of the file stays in use',
  },
  'store/unknown-kind': {
    severity: 'warning',
    summary: 'an object is of a kind that daemun does not know; it is ignored',
    help: 'check the spelling of kind and apiVersion',
  },
  'store/ignored-kind': {
    severity: 'info',
    summary:
      'an object is of a known kind that has no effect; a warning for kinds of the Gateway API that this version does not support',
    help: 'nothing needs to be done',
  },
  'store/duplicate-object': {
    severity: 'error',
    summary: 'two objects have one kind, namespace and name, and differ; the first one in the order of the files holds',
    help: 'remove or rename one of them',
  },
  'store/repeated-object': {
    severity: 'info',
    summary: 'the same object is written twice',
    help: 'remove one of them',
  },
  'store/kept-object': {
    severity: 'warning',
    summary: 'a refused object is served as it was before the change, as an API server would keep it',
    help: 'correct the object; its errors are listed beside',
  },
  'store/path-not-found': {
    severity: 'error',
    summary: 'a file or folder to read does not exist',
    help: 'check the path; it is read as soon as it exists',
  },
  'store/unreadable': {
    severity: 'error',
    summary: 'a file or folder cannot be read',
    help: 'check its permissions; the last good state of the file stays in use',
  },
  'store/file-too-large': {
    severity: 'error',
    summary: 'a file is larger than 64 MiB; it is not read',
    help: 'split it into several files',
  },
  'store/watch-unavailable': {
    severity: 'warning',
    summary: 'the system refuses to report changes of files; they are looked for every few seconds instead',
    help: 'raise the limit of watches (on Linux: sysctl fs.inotify.max_user_watches)',
  },
} as const satisfies Record<`store/${string}`, CatalogueEntry>;
