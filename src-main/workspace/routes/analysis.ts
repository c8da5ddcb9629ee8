import { ApiError } from '../errors.ts'
import { created, operation, present, type Call } from '../http/operation.ts'
import { requireAsset } from './assets.ts'

/** Starts an ANALYZE job. There is no recognition service here: it reads the files' technical metadata anew. */
function analyze(call: Call<unknown>) {
  const asset = requireAsset(call, 'write')
  if (asset['analyze_status'] === 'IN_PROGRESS')
    throw new ApiError(409, `Asset ${asset.id} is being analysed`)
  call.core.tables.assets.update(asset.id, { analyze_status: 'REQUESTED' })
  const job = call.core.jobs.create({
    title: `Analyse ${asset.title}`,
    type: 'ANALYZE',
    object_type: 'assets',
    object_id: asset.id,
    created_by: call.account.user.id,
    task: { kind: 'analyze', assetId: asset.id },
  })
  return created({ ...present(job), job_id: job.id })
}

const base = '/v1/analyze/assets/{asset_id}/'

export const analysisOperations = [
  operation('transcode', 'POST', base, 'can_analyze_content', analyze),
  operation('transcode', 'POST', `${base}profiles/default/`, 'can_analyze_content', analyze),
]
