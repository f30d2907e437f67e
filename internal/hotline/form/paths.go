package form

// The three paths. Each asks what somebody on it can answer and an advocate needs to
// help; what is not about her is not asked. The order is that of a conversation:
// safety, what it is, danger, what she needs; what is known of the situation later.

// self is for somebody who writes for herself: a woman in a flat, a man on a boat.
func self() []pick {
	boat := is("setting", "boat")
	return []pick{
		{code: SafeNow},
		{code: Type},
		about("danger_now"), about("doctor"), about("weapons"),
		told("needs"), about("age_group"), about("setting"),
		about("boat_signal", boat), about("boat_crew", boat), about("boat_name", boat), about("boat_flag", boat), about("boat_port", boat), about("boat_day", boat),
		about("exploitation"), about("sex_form", is("exploitation", "sexual")), about("industry", labour()),
		about("still_there"), about("since"), about("control"), about("controller_is"), about("recruitment"),
		told("region"), about("country"), about("city"), about("address"),
		about("people"), about("controllers"), about("business"), about("controller_names"),
		about("gender"), about("birth_year", is("age_group", "minor", Unknown)), about("nationality"), about("speaks"), about("papers"),
		about("children"), about("children_with"), about("access"), about("name"),
		about("systems"), told("needs_met"), told("gap"), about("plan"),
		told("referral_way"), told("referral_to", is("referral_way", "number", "warm", "sent")),
		told("referral_why", is("referral_way", "number", "warm", "sent")), told("referral_day", is("referral_way", "warm", "sent")),
		told("referral_answer", is("referral_way", "warm", "sent")),
		about("report_to"), about("report_ground", reported()), about("report_day", reported()), about("report_ref", reported()),
		about("evidence"), about("status"),
		told("proximity"), told("again"), told("channel"), told("language"), told("language_help"), told("learned"),
	}
}

// labour holds where somebody is made to work.
func labour() Cond {
	return is("exploitation", "forced_labour", "child_labour", "domestic_servitude", "forced_begging", "forced_crime")
}

// reported holds where something was reported to somebody.
func reported() Cond {
	return is("report_to", "police", "child_protection", "labour_inspection", "prosecutor", "embassy", "other")
}

// other is for somebody who is worried about a person: a mother, a friend, a nurse.
func other() []pick {
	boat := is("setting", "boat")
	return []pick{
		{code: SafeNow},
		{code: Type},
		about("danger_now"), told("relation"), about("knows"), about("last_seen"), about("age_group"),
		about("seen"), about("setting"), about("boat_name", boat), about("boat_flag", boat), about("boat_port", boat), about("boat_day", boat),
		about("exploitation"), about("sex_form", is("exploitation", "sexual")), about("industry", labour()),
		about("still_there"), about("since"), about("control"), about("controller_is"), about("recruitment"),
		told("region"), about("country"), about("city"), about("address"),
		about("people"), about("business"), about("controller_names"),
		about("gender"), about("nationality"), about("speaks"), about("papers"), about("children_with"), about("access"), about("name"),
		about("systems"), told("needs"), told("needs_met"), told("gap"),
		told("referral_way"), told("referral_to", is("referral_way", "number", "warm", "sent")),
		told("referral_day", is("referral_way", "warm", "sent")), told("referral_answer", is("referral_way", "warm", "sent")),
		about("report_to"), about("report_ground", reported()), about("report_day", reported()), about("report_ref", reported()),
		about("evidence"), about("status"), told("write_again"),
		told("proximity"), told("again"), told("channel"), told("language"), told("language_help"), told("learned"),
	}
}

// tip is for a passer-by: what was seen, and nothing of herself but whether we may
// write again. What she tells of a place or a business leads to no caller.
func tip() []pick {
	return []pick{
		{code: SafeNow},
		{code: Type},
		about("danger_now"), about("seen"), about("seen_when"),
		about("region"), about("where"), openly(about("business")),
		about("people"), about("minors"), about("exploitation"),
		about("industry", labour()), about("proximity"), about("report_to"), about("report_day", reported()), about("report_ref", reported()), about("evidence"),
		told("write_again"), told("channel"), told("language"),
	}
}
