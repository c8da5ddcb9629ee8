import { outside } from '../errors.ts'
import { operation, type Method } from '../http/operation.ts'

/**
 * Operations of iconik that the workspace does not have, though another one's placeholder would take their path. Every
 * other path that is not known answers 501 by itself.
 */
const shadowed: [service: string, method: Method, path: string][] = [
  ['files', 'POST', '/v1/assets/{asset_id}/formats/{format_id}/restore/'],
  ['metadata', 'POST', '/v1/mapping/fields/'],
  ['metadata', 'GET', '/v1/mapping/options/'],
  ['settings', 'DELETE', '/v1/user/attributes/'],
  ['users', 'GET', '/v1/groups/mappings/'],
  ['users', 'POST', '/v1/groups/mappings/'],
]

export const outsideOperations = shadowed.map(([service, method, path]) =>
  operation(service, method, path, null, () => {
    throw outside(method, `/API/${service}${path}`)
  }),
)
