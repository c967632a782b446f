import * as core from '../../src/index.js'
import * as cluster from '../../src/rooms/cluster.js'
import * as data from '../../src/rooms/data.js'
import * as graph from '../../src/rooms/graph.js'
import * as nn from '../../src/rooms/nn.js'
import * as paper from '../../src/rooms/paper.js'
import * as random from '../../src/rooms/random.js'
import * as report from '../../src/rooms/report.js'
import * as study from '../../src/rooms/study.js'
import * as theory from '../../src/rooms/theory.js'
import * as train from '../../src/rooms/train.js'
import { subjectsOf } from './calls.js'
import { laws } from './laws.js'
import { readers } from './readers.js'
import { clusterCalls } from './rooms/cluster.js'
import { coreCalls } from './rooms/core.js'
import { dataCalls } from './rooms/data.js'
import { graphCalls } from './rooms/graph.js'
import { nnCalls } from './rooms/nn.js'
import { paperCalls } from './rooms/paper.js'
import { randomCalls } from './rooms/random.js'
import { reportCalls } from './rooms/report.js'
import { studyCalls } from './rooms/study.js'
import { theoryCalls } from './rooms/theory.js'
import { trainCalls } from './rooms/train.js'

/** Each room of the package with the calls of its exports. */
const rooms = { cluster, core, data, graph, nn, paper, random, report, study, theory, train }
const calls: { readonly [Room in keyof typeof rooms]: object } = {
  cluster: clusterCalls,
  core: coreCalls,
  data: dataCalls,
  graph: graphCalls,
  nn: nnCalls,
  paper: paperCalls,
  random: randomCalls,
  report: reportCalls,
  study: studyCalls,
  theory: theoryCalls,
  train: trainCalls,
}

const found = (Object.keys(rooms) as (keyof typeof rooms)[]).map((room) => subjectsOf(room, rooms[room], calls[room]))

/** The rooms by name. */
export const roomNames = Object.keys(rooms)

/** Everything that is fuzzed. */
export const subjects = [...found.flatMap((room) => room.subjects), ...laws, ...readers]

/** Exports that are neither called nor excused. */
export const lacking = found.flatMap((room) => room.lacking)
