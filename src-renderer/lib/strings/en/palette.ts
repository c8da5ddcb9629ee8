/** Words of the command palette. */
export const palette = {
  title: 'Commands',
  search: 'Find a command or a collection',
  none: 'No command is called that.',
  go: (section: string) => `Go to ${section}`,
  trash: 'Go to the trash',
  recent: 'Go to recent assets',
  toggleView: 'Grid or table',
  toggleInspector: 'Show or hide the inspector',
  selectAll: 'Select all assets',
  newView: 'New metadata view',
  newField: 'New metadata field',
  collection: 'Collection',
  dark: 'Dark appearance',
  light: 'Light appearance',
  system: 'Appearance of the system',
  pause: 'Pause or resume all uploads',
}
