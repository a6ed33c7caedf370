// pg-boss: insert() of many jobs with startAfter, one worker that fetches 10,000 at a
// time.  It cannot be told to poll more often than every half second.
'use strict'

const PgBoss = require('pg-boss')
const race = require('./race.js')

const QUEUE = 'deadline'
let boss

const ask = async what => (await boss.getDb().executeSql(`SELECT ${what} AS it`)).rows[0].it

race({
  batch: 1000,
  flying: 4,
  async open (connection) {
    boss = new PgBoss({ ...connection, max: 10 })
    boss.on('error', error => { console.error(error.message) })
    await boss.start()
    await boss.createQueue(QUEUE)
  },
  arm: (dues, first) => boss.insert(dues.map((due, i) => (
    { name: QUEUE, data: { i: first + i }, startAfter: new Date(due).toISOString() }))),
  start: (poll, onDue) => boss.work(QUEUE, { batchSize: 10000, pollingIntervalSeconds: poll / 1000 },
    async jobs => { for (const job of jobs) onDue(job.data.i) }),
  // The batch that was fetched last is completed after its handler.
  idle: () => ask("NOT EXISTS (SELECT FROM pgboss.job WHERE state < 'completed')"),
  stop: () => boss.offWork(QUEUE),
  completed: () => ask("(SELECT count(*)::int FROM pgboss.job WHERE state = 'completed')"),
  close: () => boss.stop({ graceful: false, wait: false })
})
