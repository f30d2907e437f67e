package form

import (
	"slices"
	"strings"
)

// Facts that are counted. A fact is a code from a closed list, so that nobody's words
// can reach a figure.
const (
	FactType         = "type"
	FactExploitation = "exploitation"
	FactIndustry     = "industry"
	FactRegion       = "region"
	FactNeeds        = "needs"
	FactNeedsMet     = "needs_met"
	FactGap          = "gap"
	FactLanguage     = "language"
	FactChannel      = "channel"
	FactSystems      = "systems"
	FactAgeGroup     = "age_group"
	FactProximity    = "proximity"
	FactLearned      = "learned"
)

// FactCodes lists what is counted, and by which codes. Languages are named by their
// code of two or three letters (ISO 639) and not listed.
func FactCodes() map[string][]string {
	needs := strings.Fields(`emergency_shelter extraction emergency_transport shelter transport food medical
		mental_health legal immigration documents money employment education child_care repatriation
		safety_planning case_management interpreter information other`)
	return map[string][]string{
		FactType: strings.Fields(`crisis tip referral information training high_risk prevention silent hang_up
			abusive wrong_number test transferred other`),
		FactExploitation: strings.Fields(`forced_labour sexual child_labour domestic_servitude forced_begging
			forced_crime forced_marriage forced_adoption surrogacy organ_removal armed_group other`),
		FactIndustry: strings.Fields(`agriculture fishing forestry mining manufacturing energy water construction
			trade transport hospitality information finance real_estate professional support_services public
			education health arts other_services households extraterritorial other`),
		FactRegion:    strings.Fields(`capital north south east west centre coast border at_sea abroad other`),
		FactNeeds:     needs,
		FactNeedsMet:  slices.Clone(needs),
		FactGap:       strings.Fields(`no_place language children distance closed not_eligible refused not_wanted other`),
		FactLanguage:  nil,
		FactChannel:   strings.Fields(`phone chat text form mail app social letter in_person other`),
		FactSystems:   strings.Fields(`immigration health school police social_services labour_inspection court embassy ngo other`),
		FactAgeGroup:  strings.Fields(`minor adult`),
		FactProximity: strings.Fields(`self direct indirect observed other`),
		FactLearned:   strings.Fields(`search website social poster leaflet news friend professional other_line police embassy other`),
	}
}

// Counts reports whether a code may be counted for a fact: one of the list; for a
// region and for how they learned of us also the line's own; for a language its code.
func Counts(fact, code string) bool { return counts(FactCodes(), fact, code) }

func counts(all map[string][]string, fact, code string) bool {
	values, ok := all[fact]
	switch {
	case !ok:
		return false
	case fact == FactLanguage:
		return (len(code) == 2 || len(code) == 3) && strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") == ""
	case fact == FactRegion || fact == FactLearned:
		return slices.Contains(values, code) || strings.HasPrefix(code, Own) && word.MatchString(code)
	}
	return slices.Contains(values, code)
}
