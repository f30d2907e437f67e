package front

// A readable thing is what the server itself can read of a contact, in plain words,
// with the columns that it stands for.
type readable struct {
	key     string
	columns []string
}

// seen lists all that the server can read in the tables of contacts. Whoever adds a
// column there says here what a caller is told of it.
func seen() []readable {
	return []readable{
		{"front.who.seen.when", []string{
			"contact.began", "contact.seen_until", "contact.seen", "contact.gone", "contact.quiet_at", "contact.state_at", "contact.asked_at",
			"message.at", "note.at",
		}},
		{"front.who.seen.way", []string{"contact.channel", "contact.lang", "contact.path"}},
		{"front.who.seen.urgent", []string{"contact.urgency", "contact.danger", "contact.minor", "contact.returned", "contact.waits", "contact.queue"}},
		{"front.who.seen.wish", []string{"contact.wishes"}},
		{"front.who.seen.with", []string{"contact.advocate", "message.author", "note.by_person", "contact.handle"}},
		{"front.who.seen.far", []string{
			"contact.state", "contact.last_seq", "contact.editions", "contact.wrap_until", "contact.keep_words_until", "contact.keep_record_until", "contact.keep_days", "contact.facts_wait", "contact.promised_until", "contact.legal_hold", "contact.head_n",
			"message.seq", "message.side", "message.form", "message.sent", "message.read", "return_code.expires",
		}},
		{"front.who.seen.locks", []string{
			"contact.id", "contact.epoch", "contact.pub", "contact.commit_k", "contact.commit_s", "contact.intake_sig", "contact.situation", "contact.shred_k", "contact.shred_s",
			"caller.lookup", "caller.contact", "caller.from_seq", "caller.current", "message.contact", "message.id", "note.id", "note.contact", "note.situation",
			"return_code.lookup", "return_code.shred", "return_code.contact",
		}},
	}
}
