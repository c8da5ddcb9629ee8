import type { Call } from '../http/operation.ts'
import { mergedSettings } from './settings.ts'

/** The access template that the caller's settings name, if there is one. */
export function applyDefaultAcls(
  call: Call<unknown>,
  type: string,
  id: string,
  restrictedBy?: string | null,
): void {
  const templateId = mergedSettings(call, call.account.user.id)['acl_template_id']
  if (typeof templateId === 'string' && call.core.tables.aclTemplates.has(templateId))
    applyTemplate(call, templateId, type, id, restrictedBy)
}

/**
 * Gives an object the rights that were set on a template. `restrictedBy` names a collection: then only to users and
 * groups who may read that one. ApiError 404 if there is no such template.
 */
export function applyTemplate(
  call: Call<unknown>,
  templateId: string,
  type: string,
  id: string,
  restrictedBy?: string | null,
): void {
  const { access, tables } = call.core
  const template = tables.aclTemplates.require(templateId)
  const allowed = restrictedBy ? new Set(access.readers('collections', restrictedBy)) : undefined
  for (const { principal, permissions } of access.entries('acl_templates', template.id))
    if (allowed?.has(principal) ?? true) access.grant(type, id, principal, permissions, 'append')
}
