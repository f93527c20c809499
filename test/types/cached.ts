import { Cached } from '@nest-quintet/cache';

export class Ratings {
  @Cached('10m', { key: (id: number) => `rating:${id}` })
  async of(id: number): Promise<number> {
    return id;
  }

  @Cached(60)
  async free(_id: number, _name: string): Promise<string> {
    return '';
  }

  // @ts-expect-error a method that returns at once cannot be kept
  @Cached('10m')
  now(): number {
    return 1;
  }

  // @ts-expect-error the key is made of other arguments than the method has
  @Cached('10m', { key: (id: number) => id })
  async other(id: string): Promise<string> {
    return id;
  }
}
