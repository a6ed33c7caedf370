// One round of a peer: deadlines armed through the product's own batch call before the
// first is due, its worker started a second before, and how late each one came.
//
//     node PEER.js HOST DATABASE USER SPREAD RATE HERD LEAD POLL
//
// SPREAD deadlines at RATE a second begin LEAD milliseconds from now; HERD more are due
// together, PAUSE after the last of them.  Prints "armed COUNT SECONDS", then "late MS"
// for each of the spread and "herd MS" for each of the herd, "whole MS" from the herd's instant
// until the product's own tables say that nothing is left to do, and "done COUNT": what
// they say is completed.  The worker polls every
// POLL milliseconds.  Exit 75: the lead was too short.
'use strict'

const PAUSE = 1500 // ms
const TOO_LATE = 75
const PATIENCE = 60000 // ms after the herd is due
const sleep = ms => new Promise(resolve => setTimeout(resolve, Math.max(0, ms)))

function dues (begin, spread, rate, herd) {
  const all = []

  for (let i = 0; i < spread; i++) all.push(begin + Math.floor(i * 1000 / rate))
  for (let i = 0; i < herd; i++) all.push(begin + Math.ceil(spread * 1000 / rate) + PAUSE)
  return all
}

// peer: open(connection), arm(dues, first) for one batch, start(poll, onDue), idle(),
// stop(), completed(), close(), and `batch` and `flying`: how many a batch, how many at once.
async function arm (peer, all) {
  const started = process.hrtime.bigint()
  let next = 0
  const lane = async () => {
    while (next < all.length) {
      const first = next

      next += peer.batch
      await peer.arm(all.slice(first, first + peer.batch), first)
    }
  }

  await Promise.all(Array.from({ length: peer.flying }, lane))
  return Number(process.hrtime.bigint() - started) / 1e9
}

async function fire (peer, all, poll) {
  const late = new Array(all.length).fill(null)
  let left = all.length
  let over

  const end = new Promise(resolve => { over = resolve })

  await peer.start(poll, i => {
    if (late[i] !== null) throw new Error(`deadline ${i} came twice`)
    late[i] = Date.now() - all[i]
    if (--left === 0) over()
  })
  await Promise.race([end, sleep(all[all.length - 1] - Date.now() + PATIENCE)])
  if (left > 0) throw new Error(`${left} deadlines never came`)
  while (!await peer.idle()) await sleep(5)
  const whole = Date.now() - all[all.length - 1]

  await peer.stop()
  return { late, whole }
}

async function race (peer) {
  const [host, database, user, ...rest] = process.argv.slice(2)
  const [spread, rate, herd, lead, poll] = rest.map(Number)

  await peer.open({ host, database, user })
  const all = dues(Date.now() + lead, spread, rate, herd)
  const seconds = await arm(peer, all)

  if (Date.now() > all[0] - 1000) process.exit(TOO_LATE)
  await sleep(all[0] - 1000 - Date.now())
  const { late, whole } = await fire(peer, all, poll)
  const lines = [`armed ${all.length} ${seconds}`]

  late.forEach((ms, i) => lines.push(`${i < spread ? 'late' : 'herd'} ${ms}`))
  lines.push(`whole ${whole}`, `done ${await peer.completed()}`)
  await peer.close()
  process.stdout.write(lines.join('\n') + '\n', () => process.exit(0))
}

module.exports = peer => race(peer).catch(error => {
  console.error(error.message)
  process.exit(1)
})
