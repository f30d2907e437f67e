package admin

import "github.com/freeline-org/freeline/internal/hotline"

// A route is one address and method.
type route struct {
	method, path string
	open         bool           // nobody need be signed in
	roles        []hotline.Role // who may; empty: everybody of the staff
	stepUp       bool           // the form asks for the second factor where it was not given lately
	file         string         // the field by which a form brings a file
	nav          string         // key of its name in the bar, where it stands there
	serve        func(*visit) error
}

// deskPath is where the advocates' console lies.
const deskPath = "/desk"

// Who may: MODEL 11.
func deskRoles() []hotline.Role {
	return []hotline.Role{hotline.Advocate, hotline.Supervisor, hotline.Translator}
}
func adminRoles() []hotline.Role { return []hotline.Role{hotline.Administrator} }
func hoursRoles() []hotline.Role { return []hotline.Role{hotline.Administrator, hotline.Supervisor} }

// routes lists every address of these pages.
func (a *Admin) routes() []route {
	admin, hours := adminRoles(), hoursRoles()
	out := []route{
		{method: "GET", path: "/{$}", serve: a.start},
		{method: "GET", path: "/signin", open: true, serve: a.signinForm},
		{method: "POST", path: "/signin", open: true, serve: a.signin},
		{method: "GET", path: "/unlock", open: true, serve: a.unlockForm},
		{method: "POST", path: "/unlock", open: true, serve: a.unlock},
		{method: "POST", path: "/signout", open: true, serve: a.signout},
		{method: "POST", path: "/language", open: true, serve: a.chooseLanguage},
		{method: "GET", path: "/code", open: true, serve: a.codeForm},
		{method: "POST", path: "/code", open: true, serve: a.code},

		{method: "GET", path: "/admin", roles: admin, nav: "admin.nav.start", serve: a.overview},
		{method: "GET", path: "/people", roles: admin, nav: "admin.nav.people", serve: a.people},
		{method: "GET", path: "/people/new", roles: admin, stepUp: true, serve: a.inviteForm},
		{method: "POST", path: "/people/new", roles: admin, stepUp: true, serve: a.invite},
		{method: "GET", path: "/people/{id}", roles: admin, stepUp: true, serve: a.personForm},
		{method: "POST", path: "/people/{id}", roles: admin, stepUp: true, serve: a.personChange},
		{method: "GET", path: "/people/{id}/confirm", roles: admin, stepUp: true, serve: a.confirmForm},
		{method: "POST", path: "/people/{id}/confirm", roles: admin, stepUp: true, serve: a.confirm},
		{method: "GET", path: "/people/{id}/again", roles: admin, stepUp: true, serve: a.againForm},
		{method: "POST", path: "/people/{id}/again", roles: admin, stepUp: true, serve: a.again},
		{method: "GET", path: "/people/{id}/second", roles: admin, stepUp: true, serve: a.secondForm},
		{method: "POST", path: "/people/{id}/second", roles: admin, stepUp: true, serve: a.second},
		{method: "GET", path: "/people/{id}/remove", roles: admin, stepUp: true, serve: a.removeForm},
		{method: "POST", path: "/people/{id}/remove", roles: admin, stepUp: true, serve: a.remove},
		{method: "GET", path: "/line", roles: admin, stepUp: true, nav: "admin.nav.line", serve: a.lineForm},
		{method: "POST", path: "/line", roles: admin, stepUp: true, serve: a.line},
		{method: "GET", path: "/hours", roles: hours, nav: "admin.nav.hours", serve: a.hoursForm},
		{method: "POST", path: "/hours", roles: hours, serve: a.hours},
		{method: "GET", path: "/hours/preview", roles: hours, serve: a.hoursPreview},
		{method: "POST", path: "/hours/publish", roles: hours, serve: a.hoursPublish},
		{method: "POST", path: "/hours/discard", roles: hours, serve: a.hoursDiscard},
		{method: "GET", path: "/hours/back/{number}", roles: hours, serve: a.hoursBackForm},
		{method: "POST", path: "/hours/back/{number}", roles: hours, serve: a.hoursBack},
		{method: "GET", path: "/urgency", roles: admin, nav: "admin.nav.urgency", serve: a.urgencyForm},
		{method: "POST", path: "/urgency", roles: admin, serve: a.urgency},
		{method: "GET", path: "/urgency/preview", roles: admin, stepUp: true, serve: a.urgencyPreview},
		{method: "POST", path: "/urgency/publish", roles: admin, stepUp: true, serve: a.urgencyPublish},
		{method: "POST", path: "/urgency/discard", roles: admin, serve: a.urgencyDiscard},
		{method: "GET", path: "/urgency/back/{number}", roles: admin, stepUp: true, serve: a.urgencyBackForm},
		{method: "POST", path: "/urgency/back/{number}", roles: admin, stepUp: true, serve: a.urgencyBack},
		{method: "GET", path: "/greeting", roles: admin, nav: "admin.nav.greeting", serve: a.greetings},
		{method: "GET", path: "/greeting/{lang}", roles: admin, serve: a.greetingForm},
		{method: "POST", path: "/greeting/{lang}", roles: admin, serve: a.greeting},
		{method: "GET", path: "/greeting/{lang}/preview", roles: admin, stepUp: true, serve: a.greetingPreview},
		{method: "POST", path: "/greeting/{lang}/publish", roles: admin, stepUp: true, serve: a.greetingPublish},
		{method: "GET", path: "/greeting/{lang}/back/{number}", roles: admin, stepUp: true, serve: a.greetingBackForm},
		{method: "POST", path: "/greeting/{lang}/back/{number}", roles: admin, stepUp: true, serve: a.greetingBack},
		{method: "GET", path: "/queues", roles: admin, nav: "admin.nav.queues", serve: a.queues},
		{method: "GET", path: "/queues/new", roles: admin, stepUp: true, serve: a.queueNewForm},
		{method: "POST", path: "/queues/new", roles: admin, stepUp: true, serve: a.queueNew},
		{method: "GET", path: "/queues/{id}", roles: admin, stepUp: true, serve: a.queueForm},
		{method: "POST", path: "/queues/{id}", roles: admin, stepUp: true, serve: a.queueChange},
		{method: "GET", path: "/forms", roles: admin, nav: "admin.nav.forms", serve: a.forms},
		{method: "GET", path: "/forms/{name}", roles: admin, serve: a.formPage},
		{method: "POST", path: "/forms/{name}", roles: admin, serve: a.formChange},
		{method: "GET", path: "/forms/{name}/field/{n}", roles: admin, serve: a.fieldForm},
		{method: "POST", path: "/forms/{name}/field/{n}", roles: admin, serve: a.fieldSave},
		{method: "GET", path: "/forms/{name}/preview", roles: admin, stepUp: true, serve: a.formPreview},
		{method: "POST", path: "/forms/{name}/preview", roles: admin, stepUp: true, serve: a.formPreview},
		{method: "GET", path: "/editions", roles: a.editionRoles(), nav: "admin.nav.editions", serve: a.editions},
		{method: "GET", path: "/signoffs", roles: stepSignRoles(), nav: "admin.nav.signoffs", serve: a.stepSigns},
		{method: "POST", path: "/signoffs", roles: stepSignRoles(), serve: a.stepSign},
		{method: "GET", path: "/protocols/new", roles: admin, serve: a.protocolNewForm},
		{method: "POST", path: "/protocols/new", roles: admin, serve: a.protocolNew},
		{method: "GET", path: "/harm", nav: "admin.nav.harm", serve: a.harms},
		{method: "GET", path: "/harm/new", serve: a.harmReportForm},
		{method: "POST", path: "/harm/new", serve: a.harmReport},
		{method: "GET", path: "/harm/{id}", roles: harmRoles(), serve: a.harmPage},
		{method: "POST", path: "/harm/{id}", roles: harmRoles(), serve: a.harmChange},
	}
	out = append(append(append(append(out, a.promptRoutes()...), a.ringRoutes()...), a.legalRoutes()...),
		route{method: "GET", path: "/devices", nav: "admin.nav.devices", serve: a.devices},
		route{method: "POST", path: "/devices", serve: a.deviceEnd})
	for _, s := range a.shapes() {
		out = append(out, a.routesOf(s)...)
	}
	return out
}

func (a *Admin) legalRoutes() []route {
	officer := []hotline.Role{hotline.PrivacyOfficer}
	return []route{
		{method: "GET", path: "/legal", roles: legalRoles(), nav: "admin.nav.legal", serve: a.legals},
		{method: "GET", path: "/legal/new", roles: officer, stepUp: true, serve: a.legalNewForm},
		{method: "POST", path: "/legal/new", roles: officer, stepUp: true, serve: a.legalNew},
		{method: "GET", path: "/legal/{id}", roles: legalRoles(), serve: a.legalPage},
		{method: "POST", path: "/legal/{id}", roles: legalRoles(), stepUp: true, serve: a.legalChange},
		{method: "GET", path: "/legal/{id}/statement", roles: officer, serve: a.legalStatement},
		{method: "GET", path: "/legal/{id}/given/{contact}", roles: officer, stepUp: true, serve: a.legalGiven},
	}
}
