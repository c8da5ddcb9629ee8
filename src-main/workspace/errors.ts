/** The two shapes in which iconik words an error: a list of messages, or a message per field. */
export type ErrorBody = { errors: string[] | Record<string, string> }

/** A refusal that reaches the caller as it is. Everything else that is thrown is a bug and answers 500. */
export class ApiError extends Error {
  readonly status: number
  readonly errors: string[] | Record<string, string>
  readonly headers: Record<string, string>

  constructor(
    status: number,
    errors: string | string[] | Record<string, string>,
    headers: Record<string, string> = {},
  ) {
    const shaped = typeof errors === 'string' ? [errors] : errors
    super(Array.isArray(shaped) ? shaped.join(' ') : JSON.stringify(shaped))
    this.status = status
    this.errors = shaped
    this.headers = headers
  }

  body(): ErrorBody {
    return { errors: this.errors }
  }
}

export const badRequest = (errors: string | Record<string, string>) => new ApiError(400, errors)
export const notFound = (what: string, id: string) => new ApiError(404, `${what} ${id} does not exist`)
export const conflict = (message: string) => new ApiError(409, message)
export const outside = (method: string, path: string) =>
  new ApiError(501, `${method} ${path} is outside the scope of the local workspace`)
/** Names the role, so that a person knows what to ask an administrator for. */
export const missingRole = (role: string) => new ApiError(403, `The role ${role} is required for this call`)
export const noAccess = (permission: string, what: string, id: string) =>
  new ApiError(403, `No ${permission} access to ${what} ${id}`)
