import { z } from 'zod'
import { created, noContent, ok, operation, present, update, type Call } from '../http/operation.ts'
import { applyTemplate } from './access-rules.ts'
import { demand, guarded, searchAgain } from './acl-guard.ts'

/** A template has a name; its rights are set on it as on any object, with the object type acl_templates. */
const Template = z.object({ name: z.string().min(1) })

const templates = '/v1/acl/templates/'
const one = `${templates}{template_id}/`
const templateOf = (call: Call<unknown>) =>
  call.core.tables.aclTemplates.require(call.params['template_id'] ?? '')

export const aclTemplateOperations = [
  operation('acls', 'GET', templates, 'can_read_acl_templates', (call) =>
    ok({ objects: call.core.tables.aclTemplates.list({ order: [{ field: 'name' }] }).map(present) }),
  ),
  operation(
    'acls',
    'POST',
    templates,
    'can_write_acl_templates',
    (call) => created(present(call.core.tables.aclTemplates.insert(call.body))),
    { schema: Template },
  ),
  operation('acls', 'GET', one, 'can_read_acl_templates', (call) => ok(present(templateOf(call)))),
  ...update(
    'acls',
    one,
    'can_write_acl_templates',
    (call) => ok(present(call.core.tables.aclTemplates.update(templateOf(call).id, call.body))),
    { schema: Template.partial() },
  ),
  operation('acls', 'DELETE', one, 'can_delete_acl_templates', (call) => {
    const { id } = templateOf(call)
    call.core.tables.aclTemplates.remove(id)
    call.core.access.removeObject('acl_templates', id)
    return noContent()
  }),
  operation('acls', 'POST', `${one}{object_type}/{object_key}/`, null, (call) => {
    const target = guarded(call)
    demand(call, 'change-acl', target)
    const restrictedBy = call.query.get('restrict_acls_collection_id')
    applyTemplate(call, templateOf(call).id, target.type, target.key, restrictedBy)
    searchAgain(call.core, target.type, target.key)
    return ok({})
  }),
]
