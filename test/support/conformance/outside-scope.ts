/**
 * Operations of iconik that the workspace does not have, and answers with 501: by the start or shape of their path, with
 * the reason. An operation of iconik's descriptions that is neither implemented nor here is a gap.
 */
export const outsideScope: { path: RegExp; because: string }[] = [
  { path: /^\/API\/(automations|stats|notifications|users-notifications)\//, because: 'another service' },
  { path: /^\/API\/transcode\//, because: 'transcoding is asked for by the files service' },
  { path: /\/shares?\/|\/acls\/v1\/shares\//, because: 'shares with people outside' },
  { path: /\/approvals\//, because: 'approvals' },
  { path: /\/(favorites|favourites)\//, because: 'favourites' },
  { path: /\/assets\/v1\/(playlists|projects|sequences|persons|sync)\//, because: 'other kinds of objects' },
  { path: /\/custom_actions\//, because: 'custom actions' },
  { path: /\/transcriptions\/|\/subtitles\//, because: 'transcriptions and subtitles' },
  { path: /\/search_document\//, because: "iconik's own services write into its index" },
  { path: /\/history\/\{\}\/reindex\/$/, because: 'history is not searched' },
  { path: /\/(users|groups)\/\{\}\/reindex\/$/, because: 'not in the search index here' },
  {
    path: /\/auth\/v1\/auth\/(ad|oauth|saml)\/|\/users\/\{\}\/saml\/|\/groups\/mappings\//,
    because: 'single sign-on',
  },
  {
    path: /\/auth\/v1\/(invitation|marketplace|password|referral_codes|registrations|system_domains)\//,
    because: 'becoming a customer',
  },
  { path: /\/otp\/|\/totp\//, because: 'setting up a second factor' },
  { path: /\/(logo|photo)\/$/, because: 'pictures of people and groups' },
  { path: /\/files\/v1\/analysis\//, because: 'recognition services' },
  { path: /\/export_locations\/|\/files\/v1\/exports\//, because: 'exports' },
  { path: /\/archive\/|\/formats\/\{\}\/restore\/bulk\/|\/formats\/\{\}\/restore\/$/, because: 'archives' },
  { path: /temporary_file/, because: 'temporary files of exports' },
  {
    path: /\/(gateway|deletions|deletions_from|transfers_from|transfers_to|logs|isg|isg_handler_url)\//,
    because: 'work queues of the storage gateway',
  },
  { path: /\/files\/v1\/transfers\//, because: 'work queues of the storage gateway' },
  {
    path: /\/files\/v1\/files\/missing\/|\/storages\/\{\}\/\{\}\/files\//,
    because: 'work of the storage gateway',
  },
  { path: /\/transcoders\//, because: 'transcoders' },
  { path: /\/verifications\/|\/auto_scan\//, because: 'setting up buckets' },
  {
    path: /\/(keyframes|proxies)\/\{\}\/public\//,
    because: 'links for anybody: nothing here is reached from outside',
  },
  { path: /\/edit_proxies\//, because: 'edit proxies' },
  {
    path: /\/files\/v1\/collections\/\{\}\/(keyframes|custom_keyframe)\//,
    because: 'pictures uploaded for a collection',
  },
  { path: /\/metadata\/v1\/mapping\//, because: "slots of iconik's own index" },
  { path: /\/search\/v1\/discovery\//, because: 'the start page' },
  { path: /\/settings\/v1\/(cors_hosts|kubernetes)\/|\/user\/attributes\//, because: 'running iconik' },
]
