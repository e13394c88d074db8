// Asks clients that people use against the real Twitch, Kick and Euler Stream who is live on our fake
// ones: twurple (with its token provider), nekiro's kick-api, and Euler Stream's own SDK. They must come
// to what the fakes' own trace says.
//
// Run by `cargo xtask test referee`, with package.json installed and FAKE_TIKTOK naming the binary. The
// fakes' clocks stand still (rate 0): so edges can be asked for to the millisecond. At the end each fake
// lies, and every lie must show: a referee that sees nothing proves nothing.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { Configuration, TikTokLIVEPremiumApi } from '@eulerstream/euler-api-sdk'
import kick from '@nekiro/kick-api'
import { ApiClient } from '@twurple/api'
import { AppTokenAuthProvider } from '@twurple/auth'

const CLIENT_ID = 'fake-client-id'
const CLIENT_SECRET = 'hush-fake-client-secret'
const API_KEY = 'hush-fake-api-key'
const TRACE = '--generate --accounts 10 --seed 7 --from 2026-03-02T00:00:00Z --days 14'.split(' ')

/** Runs something against a fake whose clock stands at a moment. */
async function withFake (site, moment, run) {
  const fake = spawn(process.env.FAKE_TIKTOK, [...TRACE, '--site', site, '--clock', `0,${moment},0`], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  try {
    const [line] = await once(createInterface({ input: fake.stdout }), 'line')
    return await run(line.split(' ').at(-1))
  } finally {
    fake.kill()
  }
}

const ask = async (url, path, body) => {
  const answer = await fetch(`${url}/_fake/${path}`, body ? { method: 'PUT', body } : {})
  return body ? null : answer.json()
}

/** The broadcast that is on. */
const onAir = (person, now) => person.sessions.find(one => one.start <= now && now < one.end)
const latest = (person, now) => person.sessions.filter(one => one.start <= now).at(-1)
const toTheSecond = ms => Math.floor(ms / 1000) * 1000

/** What each client says of everybody, by account, in one form for all. */
const clients = {
  async twitch (url, people) {
    process.env.TWURPLE_MOCK_API_PORT = new URL(url).port
    const api = new ApiClient({ authProvider: new AppTokenAuthProvider(CLIENT_ID, CLIENT_SECRET) })
    const handles = people.map(person => person.handle)
    const streams = await api.streams.getStreamsByUserNames(handles)
    const users = await api.users.getUsersByNames(handles)
    const said = {}
    for (const person of people) {
      const stream = streams.find(one => one.userName === person.handle)
      const user = users.find(one => one.name === person.handle)
      const videos = user ? (await api.videos.getVideosByUser(user, { type: 'archive', limit: 100 })).data : []
      said[person.account] = {
        known: user !== undefined,
        live: stream && { id: stream.id, title: stream.title, start: stream.startDate.getTime() },
        past: videos.map(video => [video.streamId, video.creationDate.getTime(), video.durationInSeconds])
      }
    }
    return said
  },

  async kick (url, people) {
    const client = new kick.client({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, baseUrl: url, oauthUrl: url })
    const channels = await client.channels.getChannels({ slug: people.map(person => person.handle) })
    return Object.fromEntries(people.map(person => {
      const channel = channels.find(one => one.slug === person.handle)
      const live = channel?.stream.is_live && { title: channel.stream_title, start: Date.parse(channel.stream.start_time) }
      return [person.account, { known: channel !== undefined, live: live || undefined }]
    }))
  },

  async euler (url, people) {
    const api = new TikTokLIVEPremiumApi(new Configuration({ apiKey: API_KEY, basePath: url }))
    const said = {}
    for (const { account } of people) {
      try {
        const { data } = await api.retrieveRoomInfo(account, { proxy: false })
        const room = data.data.room_info
        const live = room.is_live && { id: room.id, title: room.title, start: room.start_time * 1000 }
        said[account] = { known: true, live: live || undefined }
      } catch (error) {
        if (error.response?.status !== 404) throw error
        said[account] = { known: false, live: undefined }
      }
    }
    return said
  }
}

/** What they should say. */
const truth = {
  twitch: (person, now) => ({
    known: person.known,
    live: withId(onAir(person, now)),
    past: person.sessions.filter(one => one.start <= now).reverse().map(one => [
      one.room_id, toTheSecond(one.start), Math.floor((Math.min(one.end, now) - one.start) / 1000)
    ])
  }),
  kick (person, now) {
    const on = onAir(person, now)
    return { known: person.known, live: on && { title: on.title, start: toTheSecond(on.start) } }
  },
  // Who was never live and who is not there look the same.
  euler: (person, now) => ({ known: latest(person, now) !== undefined, live: withId(onAir(person, now)) })
}

const withId = on => on && { id: on.room_id, title: on.title, start: toTheSecond(on.start) }

async function judge (site, url) {
  const { now } = await ask(url, 'now')
  const people = (await ask(url, 'trace')).map(person => ({ ...person, known: true }))
  people.push({ account: 'nobody999', handle: 'nobody999', sessions: [], known: false })
  const said = await clients[site](url, people)
  const sorted = one => JSON.stringify(one, (_, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value)
  const differ = people.filter(person => sorted(said[person.account]) !== sorted(truth[site](person, now)))
  return { people, now, differ, said }
}

/** Moments worth asking at. */
function moments (people) {
  const sessions = people.flatMap(person => person.sessions)
  const one = people.find(person => person.sessions.length > 1).sessions[1]
  const on = now => sessions.filter(session => session.start <= now && now < session.end).length
  const busiest = sessions.map(session => session.start + 60_000).sort((a, b) => on(b) - on(a))[0]
  return {
    'before anybody was live': Math.min(...sessions.map(session => session.start)) - 1,
    'the last moment before a start': one.start - 1,
    'the first moment of a session': one.start,
    'the last moment of a session': one.end - 1,
    'the first moment after a session': one.end,
    'when most are live': busiest
  }
}

let failed = 0
for (const site of Object.keys(clients)) {
  const chosen = await withFake(site, 0, async url => moments(await ask(url, 'trace')))
  for (const [label, moment] of Object.entries(chosen)) {
    await withFake(site, moment, async url => {
      const { people, now, differ, said } = await judge(site, url)
      console.log(`${site}, ${label}: ${people.length - differ.length} agree, ${differ.length} differ`)
      for (const person of differ) {
        console.log(`  ${person.account}: should be ${JSON.stringify(truth[site](person, now))}, ` +
          `the client says ${JSON.stringify(said[person.account])}`)
      }
      failed += differ.length
    })
  }
  // Kick's lie is told to those alone who ask for too many at once; ours has ten.
  if (site === 'kick') continue
  await withFake(site, chosen['when most are live'], async url => {
    await ask(url, 'faults', '[{"kind":"not_found_wave"}]')
    const { people, now, differ } = await judge(site, url)
    const lied = people.filter(person => site === 'euler' ? latest(person, now) : onAir(person, now)).length
    console.log(`${site}, ${lied} lies told, ${differ.length} seen`)
    failed += lied === 0 || differ.length !== lied
  })
}
console.log(failed ? `${failed} failed` : 'all agree')
process.exit(failed ? 1 : 0)
