// The calls that a first program against iconik makes: create, read, list, change and delete an asset, what belongs to it,
// a job and a metadata field. Plain Node 20 or newer, nothing to install. Runs against iconik and the local workspace alike:
//
//   npx ferry workspace serve --data /tmp/workspace      (its first line has the three values)
//   FERRY_URL=… FERRY_APP_ID=… FERRY_AUTH_TOKEN=… node docs/examples/first-calls.mjs
//
// What it creates it deletes again.
const { FERRY_URL: url, FERRY_APP_ID: appId, FERRY_AUTH_TOKEN: authToken } = process.env
if (!url || !appId || !authToken) {
  console.error('Set FERRY_URL (https://app.iconik.io), FERRY_APP_ID and FERRY_AUTH_TOKEN.')
  process.exit(2)
}

/** One call. Gives the parsed answer, or undefined where there is none: 204, or a status that the caller expects. */
async function call(method, path, body, expected) {
  const response = await fetch(new URL(`/API/${path}`, url), {
    method,
    headers: { 'App-ID': appId, 'Auth-Token': authToken, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  // iconik explains itself in "errors": a list of sentences, or a sentence for each field.
  if (!response.ok && response.status !== expected)
    throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`)
  console.log(`${response.status} ${method} ${path}`)
  return response.ok && text ? JSON.parse(text) : undefined
}

const expect = (isSo, what) => {
  if (!isSo) throw new Error(`The answer is not what was sent: ${what}`)
}

// Names that no other run uses, as a field's name must be new.
const mark = Date.now().toString(36)

// An asset, and below it a format, a file set and a file: what it is, where it lies, and its bytes.
const asset = await call('POST', 'assets/v1/assets/', { title: `Harbour at dawn ${mark}`, type: 'ASSET' })
const format = await call('POST', `files/v1/assets/${asset.id}/formats/`, {
  name: 'ORIGINAL',
  metadata: [{ internet_media_type: 'video/quicktime' }],
})
const fileSet = await call('POST', `files/v1/assets/${asset.id}/file_sets/`, {
  name: 'harbour.mov',
  format_id: format.id,
  base_dir: '/',
  component_ids: [],
})
const file = await call('POST', `files/v1/assets/${asset.id}/files/`, {
  original_name: 'harbour.mov',
  directory_path: '',
  type: 'FILE',
  size: 1024,
  file_set_id: fileSet.id,
  format_id: format.id,
})
expect(file.upload_url, 'a new file says where its bytes go')
const proxy = await call('POST', `files/v1/assets/${asset.id}/proxies/`, {
  name: 'harbour_proxy.mp4',
  format: 'MPEG-4',
  codec: 'h264',
  resolution: { width: 1280, height: 720 },
})

// Read it, with all that hangs on it.
const read = await call('GET', `assets/v1/assets/${asset.id}/?include_collections=true&include_users=true`)
expect(read.title === asset.title, 'title')
const assets = await call('GET', 'assets/v1/assets/?per_page=10&sort=date_created,desc')
expect(assets.total >= 1, 'the list holds at least our asset')
const files = await call('GET', `files/v1/assets/${asset.id}/files/`)
expect(files.objects.map((row) => row.id).join() === file.id, 'files of the asset')
const proxies = await call('GET', `files/v1/assets/${asset.id}/proxies/`)
expect(proxies.objects.map((row) => row.id).join() === proxy.id, 'proxies of the asset')
// Nobody has described it yet, and 404 is how iconik says so. (Administrators only; others ask for a view's values.)
await call('GET', `metadata/v1/assets/${asset.id}/`, undefined, 404)

// PATCH and PUT do the same: what is not named stays as it is.
const renamed = await call('PATCH', `assets/v1/assets/${asset.id}/`, { title: `Harbour at noon ${mark}` })
expect(renamed.type === 'ASSET' && renamed.title.startsWith('Harbour at noon'), 'PATCH of the asset')
const numbered = await call('PUT', `assets/v1/assets/${asset.id}/`, { external_id: `first-calls/${mark}` })
expect(numbered.title === renamed.title, 'PUT of the asset')

// A job.
const job = await call('POST', 'jobs/v1/jobs/', {
  title: `Look at ${asset.title}`,
  type: 'ANALYZE',
  status: 'STARTED',
  object_type: 'assets',
  object_id: asset.id,
})
await call('PATCH', `jobs/v1/jobs/${job.id}/`, { progress_processed: 50 })
await call('PUT', `jobs/v1/jobs/${job.id}/`, { status: 'FINISHED', progress_processed: 100 })
expect((await call('GET', `jobs/v1/jobs/${job.id}/`)).status === 'FINISHED', 'status of the job')

// A metadata field.
const name = `Weather_${mark}`
await call('POST', 'metadata/v1/fields/', {
  name,
  label: 'Weather',
  field_type: 'drop_down',
  options: ['Sun', 'Rain'].map((value) => ({ label: value, value })),
})
await call('PATCH', `metadata/v1/fields/${name}/`, { label: 'Weather on the day' })
await call('PUT', `metadata/v1/fields/${name}/`, { description: 'As the camera report says' })
const field = await call('GET', `metadata/v1/fields/${name}/`)
expect(field.label === 'Weather on the day' && field.options.length === 2, 'the field')
const fields = await call('GET', 'metadata/v1/fields/')
expect(
  fields.objects.some((row) => row.name === name),
  'the list of fields',
)
await call('GET', 'metadata/v1/views/')

// Tidy up. A deleted asset waits in the trash, where it can still be read.
await call('DELETE', `metadata/v1/fields/${name}/`)
await call('DELETE', `jobs/v1/jobs/${job.id}/`)
await call('DELETE', `assets/v1/assets/${asset.id}/`)
console.log('Every call did what it says.')
