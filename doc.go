// Package freeline is the root of the Freeline hotline server. There is no code
// here, but the map. hotline/ is what we do, channel/ how people reach us, web/
// what people see; everything else is engine. A place without a package yet is
// where that thing goes.
//
//	cmd/freeline/         the one binary; testdata/script holds the stories
//	internal/
//	  app/                builds the server from its parts, starts and stops it; the list of adapters
//	  cli/                the subcommands
//	    demo/             a made-up line, whose callers come through the real pages
//	    caller/  cast/    somebody made up who writes; a made-up staff
//	    telephone/        somebody made up who calls
//	  config/             gathers the parts' settings: file, environment, flags; check and print
//
//	  hotline/            words several packages share: identifiers, languages, urgency, actor
//	    seal/             words that no printer prints; making and sealing to keys; cannot open
//	    opened/           reading with a key that somebody opened
//	    audit/            who saw and did what; appended, never changed
//	    own/              what a caller may open herself: one contact, by her cookie or code
//	    edition/          what administrators edit: draft, preview, publish, roll back
//	      editiontest/    looks at the words that come with the program
//	    policy/           confidentiality, mandatory reporting, what callers are told, retention periods
//	    form/             what is asked of a contact and in which words; what of it is counted
//	    staff/            advocates and others: roles, presence, shifts, training, wellbeing
//	    directory/        partners and services: what they offer, agreements, trust, answer times
//	    contact/          each reaching-out: call, thread, letter; anonymous unless she says otherwise
//	    dialog/           what a living call needs to outlive the process that holds it
//	    outage/           ways to the telephone network that do not work at the moment
//	    interpret/        interpreters on call; translations of what is written
//	    routing/          hours, queue, languages and skills: who is offered which contact
//	    vault/            the staff's keys, slots and sessions, and their only door: opened for a purpose, logged, wiped
//	    account/          the flows over them: signing in, one-time codes, invitation, removal
//	    protocol/         the hotline's written procedures, step by step (not network protocols)
//	    emergency/        immediate danger: who is called, in what order, what came of it
//	    safety/           is it safe, how, when; what may leave (the engine that refuses)
//	    consent/          who agreed to what may be passed on; overrides by two, sign-offs
//	    situation/        what it is about: the record, notes, safety plan, follow-up, closing
//	    referral/         passing someone on to a partner, with consent; the answer, the outcome
//	    handover/         passing a contact or situation to another hotline: local, national, cross-border
//	    retention/        forgetting on time: what is due, legal holds, proof of erasure
//	    stats/            counting what leads to nobody; trends, gaps, published tables, regional sharing
//	    outreach/         campaigns, posters and numbers: what brought people to us
//	    readiness/        choosing and reviewing a model: capacity, funding, staffing
//	    hotlinetest/      a whole line for tests
//
//	  channel/            the contract between the hotline and the ways in and out
//	    channeltest/      the examination every adapter sits
//	    voice/            telephone: SIP trunk to the advocate's browser, recorded lines, voicemail
//	      flow/           what she hears and can press: the call flow, the number register, spoken pieces
//	      audio/          sound: G.711, tones, clips, what hides a lost packet
//	      media/          a call's legs, and what joins them: bridge, room, player
//	      sdp/  trunk/    what a call's ends say of its sound; SIP with telephone companies
//	      prompt/         the sound of what the line says, spoken by somebody or drafted by a machine
//	      station/        the advocate's browser: one standing connection each
//	      voicetest/      a browser without a browser, for tests
//	    textline/         text messages: SMPP and vendors' webhooks
//	    mail/             IMAP and SMTP
//	    whatsapp/ ...     one directory each
//
//	  web/
//	    ui/               layout, components, css, js, icons
//	    session/          who is signed in, and how often somebody may try
//	    desk/             the advocate's pages
//	    supervise/        live board, rota, review
//	    admin/            settings
//	    partner/          a partner's pages: answer a referral
//	    front/            the public's: number and hours, form, chat, app, what to expect, published figures
//	    api/              the HTTP API, with its description
//
//	  problem/            what went wrong, in terms that can be acted on
//	  db/  dbtest/        engines, migrations, transactions; a database for each test
//	  box/                the cryptographic primitives, in one place
//	  backup/             both stores to an offline recipient, and back
//	  shred/              secrets whose destruction is the deletion of all that needs them
//	  jobs/  bus/  blob/  durable work; hints between nodes; files as opaque bytes
//	  i18n/               catalogues, plural forms, writing direction
//	  observe/            log, metrics, health
//	  wire/smpp/ ...      codecs of network protocols; know nothing of hotlines
//	test/
//	  peer/               real peers: PostgreSQL, telephones, networks of their own and bad weather
//	  browser/            pages driven in Chromium
//	  bench/              one table of figures and goals
//	  front/              the callers' pages, walked as a phone would
//	  load/               kills and loads the whole line, on loopback only
//	  promise/            what must hold whatever else changes, and what would break it
//	  tally/              counts what go test says
//	  voice/              a whole line is called by real telephones, and answered in real browsers
//
// Who may import whom stands in imports_test.go, which keeps it.
package freeline
