// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about reading: files, documents, objects. */
export const STORE_CODES = {
  'store/syntax': {
    severity: 'error',
    summary: 'a file is not valid YAML or JSON',
    help: 'correct the text at the place shown',
  },
  'store/template': {
    severity: 'error',
    summary: 'a file is the source of a chart, not what comes of it',
    help: 'render it first: helm template CHART > manifests.yaml',
  },
  'store/tab': {
    severity: 'error',
    summary: 'a file is indented with a tab, which YAML forbids',
    help: 'write spaces instead of the tab',
  },
  'store/one-line': {
    severity: 'error',
    summary: 'a manifest has lost its line breaks, so it is no YAML',
    help: 'copy it again from where it has lines: each field begins one',
  },
  'store/over-limit': {
    severity: 'error',
    summary:
      'a document is nested deeper than 100 levels, larger than 8 MiB, or stands for too many nodes; it is not read',
    help: 'split it, or remove what is not a manifest',
  },
  'store/list': {
    severity: 'error',
    summary: 'a List is not one that kubectl takes: it stands in another List, or its items are no list',
    help: 'write the items into one List, or as documents',
  },
  'store/unknown-kind': {
    severity: 'warning',
    summary: 'an object is of a kind that daemun does not know; it is ignored',
    help: 'check the spelling of kind and apiVersion',
  },
  'store/ignored-kind': {
    severity: 'info',
    summary: 'an object is of a kind that daemun knows and has no use for',
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
  'store/broken-link': {
    severity: 'warning',
    summary: 'a symbolic link in a folder leads nowhere; if it stood for a folder of manifests, they are missing',
    help: 'remove the link, or bring back what it leads to: it is read as soon as it exists',
  },
  'store/unreadable': {
    severity: 'error',
    summary: 'a file or folder cannot be read',
    help: 'mend what the finding names: permissions, a link that leads back to itself, or the disk',
  },
  'store/file-too-large': {
    severity: 'error',
    summary: 'a file is larger than 64 MiB; it is not read',
    help: 'split it into several files',
  },
  'store/too-many-documents': {
    severity: 'error',
    summary:
      'a file has more than 150,000 documents, and is not read; or more than 150,000 objects, and what follows them is not read',
    help: 'split it into several files',
  },
  'store/too-many-failures': {
    severity: 'error',
    summary:
      'a file has 1,000 documents that cannot be read, or objects with more than 2,000,000 faults together; what follows them is not read',
    help: 'mend those that are listed, or remove what is not a manifest',
  },
  'store/more': {
    severity: 'error',
    summary:
      'there are more findings than are listed: 64 of a route and as many lints, 5,000 of a file, 20,000 of all; a warning when no error is among the rest',
    help: 'mend those that are listed first',
  },
  'store/binary': {
    severity: 'error',
    summary: 'a file has a zero byte, so it is not text; it is not read',
    help: 'write it as UTF-8, or as UTF-16 with a byte order mark',
  },
  'store/not-a-file': {
    severity: 'error',
    summary: 'a path to read is a pipe, a socket or a device; it is not read',
    help: 'write the manifests to a file, or give them on standard input (-f -)',
  },
  'store/too-many-files': {
    severity: 'error',
    summary:
      'a path has more than 20,000 manifests, 256 MiB of them, or 100,000 files and folders under it; nothing of it is read anew',
    help: 'name the folder that holds the manifests, or split it',
  },
  'store/settling': {
    severity: 'warning',
    summary:
      'objects are gone that may come back: their file is being written or is empty, or its folder is gone; they are served as before for the settling time',
    help: 'nothing needs to be done when it is meant; else write the file again',
  },
  'store/kept-kind': {
    severity: 'error',
    summary:
      'the API server cannot list a kind since this process started; what was known before is served on, and nothing new of it',
    help: 'see why with kubectl get --raw; it is tried again until it can be read',
  },
  'store/not-permitted': {
    severity: 'error',
    summary:
      'the cluster does not let daemun read a kind (RBAC): what was read of it before is served on, and nothing new',
    help: "let daemun's service account get, list and watch the kind; it is tried again",
  },
  'store/watch-unavailable': {
    severity: 'warning',
    summary: 'the system refuses to report changes of files; they are looked for every few seconds instead',
    help: 'raise the limit of watches (on Linux: sysctl fs.inotify.max_user_watches)',
  },
} as const satisfies Record<`store/${string}`, CatalogueEntry>;
