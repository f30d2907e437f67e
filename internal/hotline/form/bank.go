package form

import (
	"slices"
	"strings"
)

// A stock is a field that we ship: what it is, without its words and its id. Options
// are codes, each with what it is in HTCDS where it is anything there.
type stock struct {
	code, block, kind string
	class             int
	fact              string
	options           string
}

// choices lists the options.
func (s stock) choices() (out []Option) {
	for _, o := range strings.Fields(s.options) {
		code, htcds, _ := strings.Cut(o, "=")
		out = append(out, Option{Code: code, HTCDS: htcds})
	}
	return out
}

// Ours lists the fields that we ship: their codes, kinds and options, without words.
func Ours() (out []Field) {
	for _, s := range bank() {
		out = append(out, Field{Code: s.code, Block: s.block, Kind: s.kind, Class: s.class, Options: s.choices()})
	}
	return out
}

// bank holds the fields of the five blocks (docs/decisions/forms.md). A code that
// has been shipped stays: old editions name it.
func bank() []stock {
	needs := `emergency_shelter extraction emergency_transport shelter=spl_Type:SocialCare transport food=spl_Type:SocialCare
		medical=spl_Type:Health mental_health=spl_Type:Health legal=spl_Type:Legal immigration=spl_Type:Legal documents
		money=spl_Type:Financial employment=spl_Type:Livelihood education=spl_Type:Education child_care=spl_Type:SocialCare
		repatriation safety_planning case_management=spl_Type:SocialCare interpreter information other`
	return slices.Concat([]stock{
		{SafeNow, Contact, One, 1, "", "yes no"},
		{Type, Contact, One, 0, FactType, `crisis tip referral information training high_risk prevention silent hang_up abusive wrong_number test transferred`},
		{"danger_now", Contact, One, 1, "", "yes no"},
		{"relation", Contact, One, 1, "", `parent child sibling partner relative friend coworker neighbour passer_by service health school police government employer other_line buyer controller other`},
		{"knows", Contact, One, 1, "", "yes no"},
		{"proximity", Contact, One, 1, FactProximity, "self direct indirect observed"},
		{"again", Contact, One, 1, "", "first returned"},
		{"channel", Contact, One, 0, FactChannel, "phone chat text form mail app social letter in_person"},
		{"language", Contact, Text, 0, FactLanguage, ""},
		{"language_help", Contact, One, 0, "", "none advocate interpreter translator machine"},
		{"region", Contact, One, 1, FactRegion, "capital north south east west centre coast border at_sea abroad"},
		{"learned", Contact, One, 0, FactLearned, "search website social poster leaflet news friend professional other_line police embassy other"},
		{"write_again", Contact, One, 1, "", "yes no"},
	}, situations(), persons(), []stock{
		{"needs", Needs, Many, 1, FactNeeds, needs},
		{"needs_met", Needs, Many, 1, FactNeedsMet, needs},
		{"gap", Needs, Many, 0, FactGap, "no_place language children distance closed not_eligible refused not_wanted other"},
		{"systems", Needs, Many, 1, FactSystems, "immigration health school police social_services labour_inspection court embassy ngo other"},
		{"plan", Actions, One, 1, "", "yes no"},
		{"referral_way", Actions, Many, 0, "", "number warm sent"},
		{"referral_to", Actions, Text, 1, "", ""},
		{"referral_why", Actions, One, 0, "", `services=cas_ReasonForOutgoingReferral:AdditionalServicesRequired
			moving=cas_ReasonForOutgoingReferral:MigrationOrChangeOfLocation other=cas_ReasonForOutgoingReferral:Other`},
		{"referral_day", Actions, Day, 1, "", ""},
		{"referral_answer", Actions, One, 0, "", "accepted refused waiting"},
		{"report_to", Actions, Many, 1, "", "police child_protection labour_inspection prosecutor embassy other"},
		{"report_ground", Actions, One, 1, "", "consent minor danger law"},
		{"report_day", Actions, Day, 1, "", ""},
		{"report_ref", Actions, Text, 2, "", ""},
	})
}

// situations are the fields of what happens, and where.
func situations() []stock {
	return []stock{
		{"seen", Situation, Long, 1, "", ""},
		{"seen_when", Situation, One, 1, "", "now today week earlier often"},
		{"where", Situation, Text, 1, "", ""},
		{"exploitation", Situation, Many, 1, FactExploitation, `forced_labour=vic_TypeOfExploitation:ForcedLabour
			sexual=vic_TypeOfExploitation:SexualExploitation child_labour=vic_TypeOfExploitation:ChildLabour
			domestic_servitude=vic_TypeOfExploitation:Servitude forced_begging=vic_TypeOfExploitation:ForcedBegging
			forced_crime=vic_TypeOfExploitation:Other forced_marriage=vic_TypeOfExploitation:ForcedMarriage
			forced_adoption=vic_TypeOfExploitation:ForcedAdoption surrogacy=vic_TypeOfExploitation:Surrogacy
			organ_removal=vic_TypeOfExploitation:OrganRemoval armed_group=vic_TypeOfExploitation:ForcedMilitaryByNonStateActors
			other=vic_TypeOfExploitation:Other`},
		{"sex_form", Situation, Many, 1, "", `prostitution=vic_TypeOfSexExploitation:Prostitution
			pornography=vic_TypeOfSexExploitation:Pornography remote=vic_TypeOfSexExploitation:RemoteInteractiveServices
			private=vic_TypeOfSexExploitation:PrivateSexualServices`},
		{"setting", Situation, One, 1, "", "home other_home boat farm factory site hotel restaurant salon club street office online other"},
		{"industry", Situation, One, 1, FactIndustry, industries},
		{"still_there", Situation, One, 1, "", "yes no partly"},
		{"since", Situation, One, 1, "", "days weeks months years"},
		{"last_seen", Situation, One, 1, "", "today week month longer never"},
		{"boat_signal", Situation, One, 1, "", "now often rarely"},
		{"boat_crew", Situation, Number, 1, "", ""},
		{"boat_flag", Situation, Text, 1, "", ""},
		{"boat_name", Situation, Text, 3, "", ""},
		{"boat_port", Situation, Text, 2, "", ""},
		{"boat_day", Situation, Day, 2, "", ""},
		{"country", Situation, Text, 1, "", ""},
		{"city", Situation, Text, 2, "", ""},
		{"address", Situation, Text, 3, "", ""},
		{"people", Situation, Number, 1, "", ""},
		{"minors", Situation, One, 1, "", "yes no"},
		{"controllers", Situation, Number, 1, "", ""},
		{"business", Situation, Text, 3, "", ""},
		{"controller_names", Situation, Text, 3, "", ""},
		{"recruitment", Situation, Many, 1, "", `job=vic_MethodOfRecruitment:AtAPlaceOfBusiness school=vic_MethodOfRecruitment:AtAnEducationalInstitution
			work=vic_MethodOfRecruitment:AtWork network=vic_MethodOfRecruitment:ThroughOnlineSocialNetworks
			online_ad=vic_MethodOfRecruitment:ThroughAnOnlineAdvertisement tv_ad=vic_MethodOfRecruitment:ThroughATelevisionAdvert
			paper_ad=vic_MethodOfRecruitment:ThroughANewspaperAdvert family=vic_MethodOfRecruitment:ThroughFamilyOrFamilyEvents
			friends=vic_MethodOfRecruitment:ThroughFriendsOrSocialEvents partner=vic_MethodOfRecruitment:Other
			smuggling=vic_MethodOfRecruitment:Other abduction=vic_MethodOfRecruitment:Other other=vic_MethodOfRecruitment:Other`},
		{"control", Situation, Many, 1, "", controls},
		{"weapons", Situation, One, 1, "", "yes no"},
		{"doctor", Situation, One, 1, "", "yes no"},
		{"evidence", Situation, One, 1, "", "high moderate low"},
		{"status", Situation, One, 1, "", `possible=vic_TraffickingStatus:PossibleVictimOfTrafficking
			actual=vic_TraffickingStatus:ActualVictimOfTrafficking none=vic_TraffickingStatus:NotAVictimOfTrafficking`},
	}
}

// persons are the fields of whom it is about.
func persons() []stock {
	return []stock{
		{"age_group", Person, One, 1, FactAgeGroup, "minor adult"},
		{"birth_year", Person, Number, 2, "", ""},
		{"gender", Person, One, 1, "", `woman=prs_Gender:Feminine man=prs_Gender:Masculine trans_woman=prs_Gender:TransgenderFeminine
			trans_man=prs_Gender:TransgenderMasculine non_binary=prs_Gender:NonConforming`},
		{"nationality", Person, Text, 1, "", ""},
		{"speaks", Person, Text, 1, "", ""},
		{"papers", Person, One, 2, "", "citizen permit tied asylum expired none"},
		{"controller_is", Person, One, 1, "", `family=vic_RelationshipToTrafficker:Familial partner=vic_RelationshipToTrafficker:Acquainted
			acquaintance=vic_RelationshipToTrafficker:Acquainted employer
			stranger=vic_RelationshipToTrafficker:Unaquainted`},
		{"children", Person, Number, 1, "", ""},
		{"children_with", Person, One, 1, "", "yes no"},
		{"access", Person, Many, 2, "", "hearing sight moving reading mental other"},
		{"name", Person, Text, 3, "", ""},
	}
}

const controls = `debt=vic_MethodsOfControl:DebtBondage earnings=vic_MethodsOfControl:TakesEarnings
	money=vic_MethodsOfControl:RestrictsFinancialAccess threats=vic_MethodsOfControl:PhysicalThreats
	psychological=vic_MethodsOfControl:PsychologicalAbuse physical=vic_MethodsOfControl:PhysicalAbuse
	sexual=vic_MethodsOfControl:SexualAbuse promises=vic_MethodsOfControl:FalsePromises
	drugs=vic_MethodsOfControl:PsychoactiveSubstance movement medical=vic_MethodsOfControl:RestrictsMedicalCare
	hours=vic_MethodsOfControl:ExcessiveWorkingHours family=vic_MethodsOfControl:ThreatensChildrenFamily
	police=vic_MethodsOfControl:ThreatsLawEnforcement necessities=vic_MethodsOfControl:WithholdsNecessities
	papers=vic_MethodsOfControl:WithholdsDocuments other=vic_MethodsOfControl:Other`

const industries = `agriculture=vic_ForcedLabourIndustry:A_AgricultureForestryAndFishing
	fishing=vic_ForcedLabourIndustry:A_AgricultureForestryAndFishing forestry=vic_ForcedLabourIndustry:A_AgricultureForestryAndFishing
	mining=vic_ForcedLabourIndustry:B_MiningAndQuarrying manufacturing=vic_ForcedLabourIndustry:C_Manufacturing
	energy=vic_ForcedLabourIndustry:D_ElectricityGasSteamAndAirConditioningSupply
	water=vic_ForcedLabourIndustry:E_WaterSupplySewerageWasteManagement construction=vic_ForcedLabourIndustry:F_Construction
	trade=vic_ForcedLabourIndustry:G_WholesaleAndRetailTradeRepairOfMotorVehicles
	transport=vic_ForcedLabourIndustry:H_TransportationAndStorage
	hospitality=vic_ForcedLabourIndustry:I_AccommodationAndFoodServiceActivities
	information=vic_ForcedLabourIndustry:J_InformationAndCommunication
	finance=vic_ForcedLabourIndustry:K_FinancialAndInsuranceActivities real_estate=vic_ForcedLabourIndustry:L_RealEstateActivities
	professional=vic_ForcedLabourIndustry:M_ProfessionalScientificAndTechnicalActivities
	support_services=vic_ForcedLabourIndustry:N_AdministrativeAndSupportServiceActivities
	public=vic_ForcedLabourIndustry:O_PublicAdministrationAndDefence education=vic_ForcedLabourIndustry:P_Education
	health=vic_ForcedLabourIndustry:Q_HumanHealthAndSocialWorkActivities
	arts=vic_ForcedLabourIndustry:R_ArtsEntertainmentAndRecreation other_services=vic_ForcedLabourIndustry:S_OtherServiceActivities
	households=vic_ForcedLabourIndustry:T_ActivitiesOfHouseholdsAsEmployers
	extraterritorial=vic_ForcedLabourIndustry:U_ActivitiesOfExtraterritorialOrganizations`
