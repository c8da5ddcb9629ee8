import type { ViewId } from '@contract/ids.ts'
import { FieldDefinition } from '@contract/metadata-model.ts'
import { Access } from '@main/services/access/access.ts'
import { MetadataModel } from '@main/services/metadata-model/metadata-model.ts'
import { createAsset, libraryWorld } from '@test/support/library-world.ts'
import { describe, expect, it, vi } from 'vitest'

const field = (name: string, more: Partial<FieldDefinition> = {}) =>
  FieldDefinition.parse({ name, label: name, fieldType: 'string', ...more })
const entry = (name: string, label: string | null = null) => ({
  name,
  label,
  required: null,
  readOnly: null,
  hideIfNotSet: null,
})

describe('fields, views and categories', () => {
  it('are made, changed, ordered and deleted; what a view says besides is kept', async () => {
    const world = await libraryWorld()
    world.signIn()
    const model = new MetadataModel(world.session, () => {})
    await model.saveField(
      field('Grade', { fieldType: 'drop_down', options: [{ label: 'A', value: 'a' }] }),
      true,
    )
    await model.saveField(field('Lens'), true)
    await expect(model.saveField(field('Lens'), true)).rejects.toMatchObject({ code: 'api.conflict' })
    await model.saveField(field('Lens', { label: 'Objective', useAsFacet: true }), false)
    const { id } = await model.saveView({
      id: null,
      name: 'Camera',
      description: '',
      entries: [entry('Lens'), entry('__separator__', 'Look'), entry('Grade')],
    })
    await world.call('PATCH', `/metadata/v1/views/${id}/`, {
      view_fields: [{ name: 'Lens', auto_set: true }, { name: 'Grade' }],
    })
    await model.saveView({
      id,
      name: 'Camera 2',
      description: 'x',
      entries: [{ ...entry('Grade'), required: true }, entry('Lens', 'Glass')],
    })
    const held = await world.call('GET', `/metadata/v1/views/${id}/?merge_fields=false`)
    expect(held).toMatchObject({
      name: 'Camera 2',
      view_fields: [
        { name: 'Grade', required: true },
        { name: 'Lens', label: 'Glass', auto_set: true },
      ],
    })
    await model.saveCategory({ objectType: 'search', name: 'cam', label: 'Camera', viewIds: [id] }, true)
    const all = await model.get()
    expect(all.fields.find(({ name }) => name === 'Lens')).toMatchObject({
      label: 'Objective',
      useAsFacet: true,
    })
    expect(all.categories).toContainEqual({
      objectType: 'search',
      name: 'cam',
      label: 'Camera',
      viewIds: [id],
    })
    await model.deleteCategory('search', 'cam')
    await model.deleteView(id)
    expect((await model.get()).views.map((view) => view.id)).not.toContain(id)
  })

  it('tells where a field is used before it is deleted', async () => {
    const world = await libraryWorld()
    world.signIn()
    const model = new MetadataModel(world.session, () => {})
    await model.saveField(field('Lens'), true)
    expect(await model.fieldUse('Lens')).toEqual({ views: [], assetCount: 0 })
    const { id } = await model.saveView({
      id: null,
      name: 'Camera',
      description: '',
      entries: [entry('Lens')],
    })
    const asset = await createAsset(world, 'a')
    await world.metadata.edit([asset], id, { Lens: { mode: 'overwrite', values: ['50'] } })
    await vi.waitFor(async () =>
      expect(await model.fieldUse('Lens')).toEqual({ views: [{ id, name: 'Camera' }], assetCount: 1 }),
    )
    await model.deleteField('Lens')
    expect((await model.get()).fields.map(({ name }) => name)).not.toContain('Lens')
  })
})

describe('access rights', () => {
  it('are given to people and groups, changed, taken away, and set by a template', async () => {
    const world = await libraryWorld()
    world.signIn()
    const access = new Access(world.session)
    const model = new MetadataModel(world.session, () => {})
    const { id } = await model.saveView({ id: null, name: 'Camera', description: '', entries: [] })
    const group = String((await world.call('POST', '/users/v1/groups/', { name: 'Editors' }))['id'])
    expect(await access.principals()).toContainEqual({ kind: 'group', id: group, name: 'Editors' })
    // Whoever makes a view has every right to it; what others are given stands beside that.
    const of = async (key: ViewId) =>
      (await access.get('metadata_views', key)).own.filter(({ kind }) => kind === 'group')
    await access.set('metadata_views', id, { kind: 'group', id: group, permissions: ['read', 'write'] })
    expect(await of(id)).toEqual([
      { kind: 'group', id: group, name: 'Editors', permissions: ['read', 'write'] },
    ])
    await access.set('metadata_views', id, { kind: 'group', id: group, permissions: [] })
    expect(await of(id)).toEqual([])
    await world.call('POST', '/acls/v1/acl/templates/', { name: 'Everybody reads' })
    const [template] = await access.templates()
    await world.call('PUT', '/acls/v1/acl/acl_templates/', {
      object_keys: [template?.id],
      group_ids: [group],
      permissions: ['read'],
    })
    const asset = await createAsset(world, 'a')
    await access.applyTemplate('assets', asset, template?.id ?? '')
    expect((await access.get('assets', asset)).own).toContainEqual({
      kind: 'group',
      id: group,
      name: 'Editors',
      permissions: ['read'],
    })
  })
})
