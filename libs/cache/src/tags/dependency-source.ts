/**
 * Knows which tags the application's data changes under; `CacheInvalidationModule` provides it for databases.
 *
 * Whoever provides one adds the tags of what is read to `currentDependencies()` and invalidates them, in every
 * cache, when it changes.
 */
export abstract class DependencySource {
  /**
   * Returns the tags of models by their names.
   *
   * @param who Begins the message, for example `@CachePage() on BooksController.list`.
   * @throws ImproperlyConfiguredError for a name that nobody knows.
   */
  abstract tagsOf(models: readonly string[], who: string): string[];
}
