import findMyWay from 'find-my-way'
import type { Operation } from './operation.ts'

export interface Route {
  operation: Operation
  params: Record<string, string>
}

/** Finds the operation of a path. Both spellings, with and without the final slash, are served directly. */
export class Router {
  readonly #routes: ReturnType<typeof findMyWay>

  constructor(operations: readonly Operation[]) {
    this.#routes = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 4096 })
    for (const operation of operations) {
      const path = `/API/${operation.service}${operation.path}`.replace(/\{(\w+)\}/g, ':$1')
      this.#routes.on(operation.method, path, () => undefined, operation)
    }
  }

  find(method: string, pathname: string): Route | undefined {
    const found = this.#routes.find(method as 'GET', pathname)
    if (!found) return undefined
    return { operation: found.store as Operation, params: found.params as Record<string, string> }
  }

  /** Methods that this path knows, for 405. */
  methodsOf(pathname: string): string[] {
    return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
      (method) => this.find(method, pathname) !== undefined,
    )
  }
}
