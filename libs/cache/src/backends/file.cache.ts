import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { isAbsolute } from 'node:path';
import { BackendCache } from '../backend-cache.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheFactory } from '../create-cache.js';
import { Culling, type CullingOptions } from './culling.js';
import { FileBackend } from './file-backend.js';
import { FileStore } from './file-store.js';

export interface FileCacheOptions extends CacheOptions, CullingOptions {
  /** An absolute path; made when it is missing, readable by this user alone. Nothing else may lie in it. */
  folder: string;
}

/**
 * Keeps each value in a file of its own, for processes of one machine to share, and over restarts.
 *
 * A file is written as a whole or not at all. A full cache (10,000 entries by default) first loses what has ended.
 *
 * @example
 * CacheModule.forRoot({ caches: { default: fileCache({ folder: '/var/cache/shop' }) } })
 *
 * Django: `FileBasedCache`.
 *
 * @throws ImproperlyConfiguredError for a relative folder.
 */
export function fileCache(options: FileCacheOptions): CacheFactory {
  const culling = () => new Culling(options, 'fileCache');
  culling();
  if (!isAbsolute(options.folder)) {
    throw new ImproperlyConfiguredError(
      `fileCache: folder is ${JSON.stringify(options.folder)}. Give an absolute path, for example join(tmpdir(), 'shop').`,
    );
  }
  return (context) =>
    new BackendCache(
      new FileBackend(new FileStore(options.folder), culling(), options.types),
      options,
      context,
    );
}
