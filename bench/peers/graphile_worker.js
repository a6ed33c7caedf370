// graphile-worker: addJobs() of many jobs with runAt; a local queue and completions in
// batches, as its page on performance recommends.
'use strict'

const { makeWorkerUtils, run, Logger } = require('graphile-worker')
const { Pool } = require('pg')
const race = require('./race.js')

const quiet = new Logger(() => () => {})
const JOBS = 'graphile_worker._private_jobs'
let pool, utils, runner

const ask = async what => (await pool.query(`SELECT ${what} AS it`)).rows[0].it

race({
  batch: 1000,
  flying: 4,
  async open (connection) {
    pool = new Pool({ ...connection, max: 14 })
    const complain = error => { console.error(error.message) }

    pool.on('error', complain)
    pool.on('connect', client => client.on('error', complain))
    utils = await makeWorkerUtils({ pgPool: pool, logger: quiet })
    await utils.migrate()
  },
  arm: (dues, first) => utils.addJobs(dues.map((due, i) => (
    { identifier: 'deadline', payload: { i: first + i }, runAt: new Date(due) }))),
  async start (poll, onDue) {
    runner = await run({
      pgPool: pool,
      logger: quiet,
      noHandleSignals: true,
      taskList: { deadline: async payload => onDue(payload.i) },
      preset: {
        worker: {
          concurrentJobs: 10,
          pollInterval: poll,
          localQueue: { size: 2000 },
          completeJobBatchDelay: 0
        }
      }
    })
  },
  // It deletes what is completed: what is gone of those that were added.
  idle: () => ask(`NOT EXISTS (SELECT FROM ${JOBS})`),
  stop: () => runner.stop(),
  completed: () => ask(`nextval(pg_get_serial_sequence('${JOBS}', 'id')) - 1 - (SELECT count(*) FROM ${JOBS})`),
  close: async () => { await utils.release(); await pool.end() }
})
