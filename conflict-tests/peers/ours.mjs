// Our server and two of our devices as a peer of the harness: `sync-server` with its own Postgres on disk, `veloria stdio`
// with its own encrypted SQLite on disk. Nothing here knows the sync protocol. VELORIA_BIN names the folder of the programs.
import { execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import readline from 'node:readline'
import { promisify } from 'node:util'
import { until } from './common.mjs'

const program = name => path.join(process.env.VELORIA_BIN, name)
const account = { VELORIA_PASSPHRASE: 'peer harness', VELORIA_PASSWORD: 'correct horse battery', LANG: 'C' }
const env = { ...process.env, ...account, DATABASE_URL: undefined }
const run = promisify(execFile)
const devices = new Set()
let folder, server

export async function start(port, dir) {
  folder = dir
  const log = fs.openSync(dir + '/server.log', 'w')
  const args = ['serve', '--port', String(port), '--data', dir + '/data', '--stop-on-stdin-eof']
  server = spawn(program('sync-server'), args, { env: { ...env, RUST_LOG: 'warn', MIMALLOC_PURGE_DELAY: '0' }, stdio: ['pipe', log, log] })
  const healthy = () => fetch(`http://127.0.0.1:${port}/healthz`).then(r => r.ok, () => false)
  await until('server', healthy, 60000, 100)
  countPostgresWithTheServer()
  // The harness kills a server and goes on; ours has a database to end first, which it does when its input ends.
  return { pid: server.pid, stop: () => { say('memory of the server without Postgres', { rss_mb: rss([server.pid]) }); server.stdin.end(); waitForEnd() } }
}

export class Device {
  constructor(name, port) {
    this.name = name; this.port = port
    this.home = path.join(folder, 'home-' + name)
    this.calls = new Map(); this.cache = new Map(); this.wait = new Map(); this.next = 1
  }
  async ready() {
    const line = await relay(this.port)
    const who = ['--server', `http://127.0.0.1:${line}`, '--email', 'peer@example.ru', '--device-name', this.name]
    const first = this.name === 'A'
    await run(program('veloria'), ['--home', this.home, first ? 'register' : 'login', ...who, ...(first ? ['--name', 'Peer'] : [])], { env })
    this.child = spawn(program('veloria'), ['--home', this.home, 'stdio'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    devices.add(this.child.pid)
    readline.createInterface({ input: this.child.stdout }).on('line', text => this.hear(JSON.parse(text)))
    await this.call({ op: 'pending' })
  }
  call(call) {
    const id = this.next++
    this.child.stdin.write(JSON.stringify({ ...call, id }) + '\n')
    return new Promise((ok, no) => this.calls.set(id, { ok, no }))
  }
  hear(line) {
    if (line.event === 'synced' && line.changed.length) return void this.look(line.changed)
    const call = this.calls.get(line.id)
    if (!call) return
    this.calls.delete(line.id)
    if (line.error) call.no(new Error(JSON.stringify(line.error))); else call.ok(line.ok)
  }
  // What came is read again, as a screen would.
  async look(ids) { this.keep(await this.call({ op: 'getClients', clients: ids })) }
  keep(clients) { for (const c of clients) { this.cache.set(c.id, c); this.wait.get(c.id)?.() } }

  async upload(records) {
    this.ids = []
    for (let i = 0; i < records.length; i += 1000)
      this.ids.push(...await this.call({ op: 'addClients', items: records.slice(i, i + 1000).map(toFields) }))
    await this.call({ op: 'sync' })
    this.keep(await this.call({ op: 'clients' }))
    await this.call({ op: 'live', on: true })
    return { ids: this.ids }
  }
  async download({ ids }) {
    this.ids = ids
    await this.call({ op: 'sync' })
    this.keep(await this.call({ op: 'clients' }))
    await this.call({ op: 'live', on: true })
  }
  get(i) { const c = this.cache.get(this.ids[i]); return c && fromClient(c) }
  async set(i, field, value) {
    this.keep([await this.call({ op: 'editClient', client: this.ids[i], fields: toField(field, value) })])
  }
  seen(i, field, value, limitMs) {
    const id = this.ids[i]
    return new Promise((ok, no) => {
      const t = setTimeout(() => no(new Error('timed out: edit')), limitMs)
      const f = () => { if (this.get(i)?.[field] === value) { this.wait.delete(id); clearTimeout(t); ok() } }
      this.wait.set(id, f); f()
    })
  }
  async offline() { await this.call({ op: 'live', on: false }) }
  online() { this.call({ op: 'live', on: true }).catch(() => {}) }
  async stop() { this.child.stdin.end(); await new Promise(r => this.child.once('exit', r)); devices.delete(this.child.pid) }
}

// The edit step writes '+7000' and a number, which is no telephone number and would be refused as one: it goes into
// `source`, a short text as well. Loyalty is her own word here, so it travels as text.
function toField(field, value) {
  if (field === 'phone') return { source: value }
  if (field === 'loyalty') return { loyaltyLevel: String(value) }
  return { [field]: value }
}
function toFields({ loyalty, ...record }) { return { ...record, loyaltyLevel: String(loyalty) } }
function fromClient(c) { return { ...c, phone: c.source ?? c.phone, loyalty: Number(c.loyaltyLevel) } }

// Devices speak to the server through a relay in this process, so that the harness counts their bytes like those of the
// others: on the sockets that this process opens. Its CPU counts against us.
async function relay(port) {
  const relay = net.createServer(near => {
    const far = net.connect({ port, host: '127.0.0.1', noDelay: true })
    near.setNoDelay(true)
    near.pipe(far).pipe(near)
    for (const [one, other] of [[near, far], [far, near]]) one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  await new Promise(r => relay.listen(0, '127.0.0.1', r))
  relay.unref()
  return relay.address().port
}

// The harness reads one process for the server and its own CPU for the devices. Ours are several processes on both sides,
// so what it reads is made to hold all of them: Postgres with the server, and `veloria` with the devices.
const readFile = fs.readFileSync, cpuUsage = process.cpuUsage
function countPostgresWithTheServer() {
  let list = [], listed = 0, memory = 0, measured = 0
  fs.readFileSync = (file, ...more) => {
    const now = performance.now()
    if (now - listed > 1000) { list = tree(server.pid); listed = now }
    if (file === `/proc/${server.pid}/stat`) return `0 (all) ${[...Array(11).fill(0), ticks(list), 0].join(' ')}`
    if (file !== `/proc/${server.pid}/status`) return readFile(file, ...more)
    if (now - measured > 500) { memory = pss(list); measured = now }
    return `VmRSS:\t${memory} kB\n`
  }
  process.cpuUsage = before => {
    const own = cpuUsage.call(process), user = own.user + ticks([...devices]) * 10000
    return before ? { user: user - before.user, system: own.system - before.system } : { user, system: own.system }
  }
}
function tree(root) {
  const below = new Map()
  for (const pid of fs.readdirSync('/proc').filter(n => /^\d+$/.test(n)).map(Number)) {
    const parent = Number(fields(pid)?.[1])
    if (parent) below.set(parent, [...(below.get(parent) ?? []), pid])
  }
  const all = [root]
  for (let i = 0; i < all.length; i++) all.push(...(below.get(all[i]) ?? []))
  return all
}
function fields(pid) { try { return readFile(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ') } catch { return undefined } }
function ticks(pids) { return pids.reduce((sum, pid) => { const f = fields(pid); return f ? sum + Number(f[11]) + Number(f[12]) : sum }, 0) }
function kilobytes(file, name) { try { return Number(new RegExp(name + ':\\s+(\\d+)').exec(readFile(file, 'utf8'))[1]) } catch { return 0 } }
// Shared pages are divided among those that share them, or Postgres' buffers would count once for each connection.
function pss(pids) { return pids.reduce((sum, pid) => sum + kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss'), 0) }
function rss(pids) { return Math.round(pids.reduce((sum, pid) => sum + kilobytes(`/proc/${pid}/status`, 'VmRSS'), 0) / 102.4) / 10 }
function say(step, o) { console.log(JSON.stringify({ peer: 'ours', step, ...o })) }
function waitForEnd() {
  const end = performance.now() + 30000
  while (performance.now() < end) {
    const f = fields(server.pid)
    if (!f || f[0] === 'Z') return
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  }
  server.kill('SIGKILL')
}
