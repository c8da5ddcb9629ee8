/** Words of access rights. */
export const access = {
  permissions: { read: 'Read', write: 'Write', delete: 'Delete', 'change-acl': 'Change access' },
  who: 'Who',
  add: 'Give access',
  addTo: 'Find a person or group',
  none: 'Nobody was given access here.',
  noPrincipals: 'Nobody is called that.',
  inherited: 'Handed down',
  group: 'group',
  user: 'person',
  grant: (permission: string, name: string) => `${permission} for ${name}`,
  takeAway: (name: string) => `Take access from ${name}`,
  template: 'Apply a template',
  noRight: 'You may not change access here.',
  mine: (permissions: string) => `You may: ${permissions}`,
}
