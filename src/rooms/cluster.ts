/** Many machines: what studies train cut into shards, their stores merged, and the same units trained by workers of a queue. */
export type { ClusterCommand } from '../cluster/commandPlans.js'
export { type Environment, type Shard, shardOf } from '../cluster/shardName.js'
export { type ShardOptions, type ShardResult, trainShard } from '../cluster/trainShard.js'
export type { Served } from '../queue/serveUnits.js'
export { type TrainByQueueOptions, trainByQueue } from '../queue/trainByQueue.js'
export { type WorkOnQueueOptions, workOnQueue } from '../queue/workOnQueue.js'
export { type MergedStore, type MergeOptions, type MissingUnit, mergeStores } from '../study/store/mergeStores.js'
