package admin_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

func personOf(roles ...hotline.Role) staff.Person {
	return staff.Person{Roles: roles, Languages: []string{"en"}, Capacity: 3}
}

// invitation is a form that invites.
func invitation(name string, roles ...string) url.Values {
	return url.Values{"pseudonym": {name}, "roles": roles, "languages": {"ar"}, "language": {"th"}, "skills": {"minors, driving"}, "gender": {"woman"}, "capacity": {"3"}}
}

var (
	codeShown   = regexp.MustCompile(`<p class="once" dir="ltr"><code>([0-9A-Z-]+)</code>`)
	wordShown   = regexp.MustCompile(`<li>([a-z]{4})</li>`)
	secretShown = regexp.MustCompile(`<code dir="ltr">((?:\s*<span>[A-Z2-7]+</span>)+)</code>`)
	tags        = regexp.MustCompile(`<[^>]*>|\s`)
)

// code is the one-time code that a page shows.
func (a answer) code(t testing.TB) string {
	t.Helper()
	m := codeShown.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no code is shown: %d\n%s", a.StatusCode, a.told())
	}
	return m[1]
}

// enrolled is what a new person writes down from her page.
func (a answer) enrolled(t testing.TB, p *hotlinetest.Person) {
	t.Helper()
	a.is(t, 200, "<svg", "You see this page once")
	var words []string
	for _, m := range wordShown.FindAllStringSubmatch(a.body, -1) {
		words = append(words, m[1])
	}
	secret := secretShown.FindStringSubmatch(a.body)
	if len(words) != 6 || secret == nil {
		t.Fatalf("shown are %d words, and the secret: %v", len(words), secret != nil)
	}
	p.Passphrase = seal.Conceal(strings.Join(words, " "))
	p.Second.Secret = seal.Conceal(tags.ReplaceAllString(secret[1], ""))
}

// find reads a person by her name.
func (w *world) find(t testing.TB, name string) staff.Person {
	t.Helper()
	p, err := w.Staff.ByName(t.Context(), name)
	hotlinetest.Must(t, err)
	return p
}

// hire brings somebody in through the pages alone.
func (w *world) hire(t testing.TB, by *client, form url.Values) *hotlinetest.Person {
	t.Helper()
	p := &hotlinetest.Person{Name: form.Get("pseudonym")}
	code := by.post("/people/new", form).code(t)
	w.browser(t).post("/code", url.Values{"name": {p.Name}, "once": {strings.ToLower(code)}}).enrolled(t, p)
	p.ID = w.find(t, p.Name).ID
	return p
}

func TestFromInvitationToSignIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		p := w.hire(t, b, invitation("Amina", "advocate"))
		got := w.find(t, "Amina")
		if got.State != staff.Enrolled || !got.Is(hotline.Advocate) || len(got.Roles) != 1 || strings.Join(got.Languages, " ") != "ar th" || got.Gender != "woman" || strings.Join(got.Skills, " ") != "minors driving" {
			t.Errorf("she is kept as %+v", got)
		}
		w.browser(t).signIn(p).is(t, http.StatusForbidden, "The person who invited you must let you in first")
		b.get("/people").is(t, 200, "Waiting for you", "/people/"+string(p.ID)+"/confirm")
		b.get("/people/"+string(p.ID)+"/confirm").is(t, 200, "did they just use their code")
		b.post("/people/"+string(p.ID)+"/confirm", nil).went(t, "/people?done=confirmed")
		w.browser(t).signIn(p).went(t, "/desk")
	})
}

// What is shown once is shown once.
func TestCodeWorksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	code := w.as(t, w.First).post("/people/new", invitation("Amina", "advocate")).code(t)
	form := url.Values{"name": {"Amina"}, "once": {code}}
	w.browser(t).post("/code", form).enrolled(t, &hotlinetest.Person{})
	again := w.browser(t).post("/code", form)
	again.is(t, http.StatusForbidden, "This code opens nothing")
	for _, other := range []url.Values{
		{"name": {"Nobody"}, "once": {code}}, {"name": {w.First.Name}, "once": {code}}, {"name": {"Amina"}, "once": {"0000-0000-0000-0000"}}, {"name": {"Amina"}, "once": {"!"}},
	} {
		a := w.browser(t).post("/code", other)
		a.is(t, http.StatusForbidden)
		if got, want := strings.Replace(a.body, other.Get("name"), "", 1), strings.Replace(again.body, "Amina", "", 1); got != want {
			t.Errorf("the answer to %q differs", other)
		}
	}
}

// The second administrator has the code that init printed, and needs no letting in.
func TestSecondAdministratorBegins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	first := w.as(t, w.First)
	first.get("/people").is(t, 200, "has not signed in yet")
	first.get("/admin").is(t, 200, "Fewer than two have signed in")
	p := &hotlinetest.Person{ID: w.Founding.SecondWho, Name: "Second"}
	w.browser(t).post("/code", url.Values{"name": {"Second"}, "once": {w.Founding.Code.Reveal()}}).enrolled(t, p)
	w.browser(t).signIn(p).went(t, "/admin")
	first.get("/admin").is(t, 200, "Two have signed in", "One administrator is enough to change the keys")
}

func TestAdministratorIsLetInWithTheRootSheet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	p := w.hire(t, b, invitation("Lien", "administrator"))
	path := "/people/" + string(p.ID) + "/confirm"
	b.get(path).is(t, 200, `name="root"`)
	for _, wrong := range []string{"", "nothing", strings.Repeat("ABCD ", 13)} {
		b.post(path, url.Values{"root": {wrong}}).is(t, http.StatusUnprocessableEntity, "This is not the root sheet")
	}
	if got := w.find(t, "Lien").State; got != staff.Enrolled {
		t.Fatalf("she is %s without the root sheet", got)
	}
	b.post(path, url.Values{"root": {strings.ToLower(w.Founding.Root.Reveal())}}).went(t, "/people?done=confirmed")
	other := w.browser(t)
	other.signIn(p).went(t, "/admin")
	other.post("/people/new", invitation("Rosa", "advocate")).code(t)
}

// The code was sealed to whoever invited.
func TestOnlyTheInviterLetsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	p := w.hire(t, w.as(t, w.First), invitation("Amina", "advocate"))
	second := w.as(t, w.Second(t))
	second.post("/people/"+string(p.ID)+"/confirm", nil).is(t, http.StatusUnprocessableEntity, "only for whoever made the invitation")
	if got := w.find(t, "Amina").State; got != staff.Enrolled {
		t.Errorf("she is %s", got)
	}
	code := second.post("/people/"+string(p.ID)+"/again", nil).code(t)
	w.browser(t).post("/code", url.Values{"name": {"Amina"}, "once": {code}}).enrolled(t, p)
	second.post("/people/"+string(p.ID)+"/confirm", nil).went(t, "/people?done=confirmed")
}

func TestActsAskForAFreshCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	ana := w.Hire(t, hotline.Advocate)
	b := w.as(t, w.First)
	b.get("/people/new").is(t, 200)
	w.Advance(t, 6*time.Minute)
	at := "/people/" + string(ana.ID)
	before := w.find(t, ana.Name)
	for _, try := range []struct {
		path string
		form url.Values
	}{
		{"/people/new", invitation("Amina", "advocate")},
		{at, invitation("x", "advocate")},
		{at + "/again", url.Values{}},
		{at + "/second", url.Values{}},
		{at + "/remove", url.Values{}},
		{"/line", url.Values{"name": {"Other"}, "zone": {"UTC"}, "languages": {"en"}, "first": {"en"}}},
	} {
		a := b.post(try.path, try.form)
		a.is(t, http.StatusUnprocessableEntity, "Type a fresh code", `name="stepup"`)
		try.form.Set("stepup", "000000")
		b.post(try.path, try.form).is(t, http.StatusUnprocessableEntity, "This code does not fit")
	}
	if _, err := w.Staff.ByName(t.Context(), "Amina"); err == nil {
		t.Error("somebody was invited without a fresh code")
	}
	if got := w.find(t, ana.Name); strings.Join(got.Languages, "") != strings.Join(before.Languages, "") || got.State != staff.Active {
		t.Errorf("she was changed: %+v", got)
	}
	w.Advance(t, 5*time.Minute) // the tries come back
	form := invitation("Amina", "advocate")
	form.Set("stepup", w.Code(t, w.First))
	b.post("/people/new", form).code(t)
	b.post("/people/new", invitation("Rosa", "advocate")).code(t) // and lasts
}

func TestGuessingTheFreshCodeIsSlowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	w.Advance(t, 6*time.Minute)
	form := invitation("Amina", "advocate")
	form.Set("stepup", "000000")
	for range 20 {
		if a := b.post("/people/new", form); a.StatusCode == http.StatusServiceUnavailable {
			return
		}
	}
	t.Error("twenty guesses are not slowed")
}

func TestChangingWhatNeedsNoKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	ana := w.Hire(t, hotline.Advocate)
	b := w.as(t, w.First)
	form := invitation("ignored", "advocate", "trainer")
	form.Set("capacity", "٥")
	b.post("/people/"+string(ana.ID), form).went(t, "/people/"+string(ana.ID)+"?done=saved")
	got := w.find(t, ana.Name)
	if got.Capacity != 5 || !got.Is(hotline.Trainer) || got.Gender != "woman" || got.State != staff.Active {
		t.Errorf("she is kept as %+v", got)
	}
	w.as(t, ana).get("/devices").is(t, 200)
}

func TestRolesWithOtherKeysNeedNewOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	ana := w.Hire(t, hotline.Advocate)
	b := w.as(t, w.First)
	at := "/people/" + string(ana.ID)
	form := invitation("x", "supervisor")
	b.post(at, form).is(t, http.StatusUnprocessableEntity, "These roles need new keys", `name="newkeys"`)
	if got := w.find(t, ana.Name); got.Is(hotline.Supervisor) {
		t.Fatal("she has the role before anybody said yes")
	}
	form.Set("newkeys", "yes")
	code := b.post(at, form).code(t)
	w.as(t, ana).get("/devices").went(t, "/signin?to=%2Fdevices")
	w.browser(t).post("/code", url.Values{"name": {ana.Name}, "once": {code}}).enrolled(t, ana)
	b.post(at+"/confirm", nil).went(t, "/people?done=confirmed")
	s := w.browser(t)
	s.signIn(ana).went(t, "/desk")
	s.get("/hours").is(t, 200)
}

func TestLostPhoneAndRemoval(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		ana, other := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		b := w.as(t, w.First)
		at := "/people/" + string(ana.ID)
		a := b.post(at+"/second", nil)
		a.is(t, 200, "<svg", "You see this once")
		secret := secretShown.FindStringSubmatch(a.body)
		ana.Second.Secret = seal.Conceal(tags.ReplaceAllString(secret[1], ""))
		w.browser(t).signIn(ana).went(t, "/desk")
		b.get(at+"/remove").is(t, 200, "All sign-ins of this person end")
		b.post(at+"/remove", nil).went(t, "/people?done=removed")
		w.as(t, ana).get("/devices").went(t, "/signin?to=%2Fdevices")
		if got := w.find(t, ana.Name).State; got != staff.Former {
			t.Errorf("she is %s", got)
		}
		b.get("/people").is(t, 200, "Have left")
		b.get(at).is(t, 200, "This person has left")
		b.post(at, invitation("x", "advocate")).is(t, http.StatusNotFound)
		b.post(at+"/again", nil).is(t, http.StatusNotFound)
		w.as(t, other).get("/devices").is(t, 200)
	})
}

// Nobody shuts herself out, and nobody takes the last key away.
func TestWhatAnAdministratorCannotDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	own := "/people/" + string(w.First.ID)
	b.get(own).is(t, 200, "This is you")
	for _, act := range []string{"/again", "/remove", "/confirm"} {
		b.post(own+act, nil).is(t, http.StatusNotFound)
	}
	form := invitation("x", "advocate")
	b.post(own, form).went(t, own+"?done=saved")
	if got := w.find(t, w.First.Name); !got.Is(hotline.Administrator) || got.Is(hotline.Advocate) {
		t.Errorf("she changed her own roles to %v", got.Roles)
	}
	second := w.as(t, w.Second(t))
	second.post(own+"/remove", nil).is(t, http.StatusUnprocessableEntity, "the only one with a key")
	b.get(own).is(t, 200)
	b.get("/people/0123456789ABCDEFGHJKMNPQRS").is(t, http.StatusNotFound)
}

func TestFormOfAPersonIsChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	for field, bad := range map[string]string{"pseudonym": " \u200b ", "roles": "queen", "skills": "two_words!", "capacity": "0"} {
		form := invitation("Amina", "advocate")
		form.Set(field, bad)
		a := b.post("/people/new", form)
		a.is(t, http.StatusUnprocessableEntity, `href="#f-`+field+`"`, `id="f-`+field+`"`, `id="f-`+field+`-fault"`)
	}
	form := invitation(w.First.Name, "advocate")
	b.post("/people/new", form).is(t, http.StatusUnprocessableEntity, "Somebody has this name already")
	form = invitation(`<b>"Amina"`, "advocate")
	a := b.post("/people/new", form)
	a.is(t, 200, html.EscapeString(`<b>"Amina"`))
	b.get("/people").is(t, 200, html.EscapeString(`<b>"Amina"`))
}

// Team jobs that wait are done after the next answer to somebody who holds the key.
func TestWaitingTeamWorkIsDoneAfterAnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	second := w.Second(t) // holds no team
	b := w.as(t, second)
	p := w.hire(t, b, invitation("Amina", "advocate"))
	b.post("/people/"+string(p.ID)+"/confirm", nil).went(t, "/people?done=confirmed")
	if n := w.Count(t, `SELECT count(*) FROM member WHERE person = $1`, p.ID); n != 0 {
		t.Fatalf("she holds %d teams before anybody with the key came by", n)
	}
	if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = $1`, vault.JobMember); n != 1 {
		t.Fatalf("%d jobs wait, want 1", n)
	}
	w.as(t, w.First).get("/people").is(t, 200)
	select {
	case <-w.gave:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody gave her the team's key")
	}
	w.SignIn(t, p)
	w.With(t, p, func(r *vault.Ring) error {
		if !r.Holds(hotline.Desk) {
			t.Error("she does not hold the desk")
		}
		return nil
	})
}

// Who let whom in, changed her roles or removed her stands in the log, in the same
// moment.
func TestActsOnPeopleAreWrittenDown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		acts := func(id hotline.PersonID) (out []string) {
			n := w.Count(t, `SELECT count(*) FROM leaf WHERE object = $1`, id)
			for i := range n {
				leaf := w.One(t, `SELECT id FROM leaf WHERE object = $1 ORDER BY id LIMIT 1 OFFSET $2`, id, i)
				act, err := w.Log.Open(t.Context(), leaf, box.PrivateKey{}, nil)
				hotlinetest.Must(t, err)
				if act.By != hotline.Actor(w.First.ID) {
					t.Errorf("%s says that it was done by %s", act.What, act.By)
				}
				out = append(out, act.What)
			}
			slices.Sort(out)
			return out
		}
		p := w.Hire(t, hotline.Advocate)
		b.post("/people/"+string(p.ID), url.Values{"roles": {"advocate", "trainer"}, "languages": {"en"}, "capacity": {"2"}}).went(t, "/people/"+string(p.ID)+"?done=saved")
		b.post("/people/"+string(p.ID), url.Values{"roles": {"advocate", "trainer"}, "languages": {"en"}, "capacity": {"4"}}).went(t, "/people/"+string(p.ID)+"?done=saved")
		b.post("/people/"+string(p.ID)+"/second", nil).is(t, 200)
		b.post("/people/"+string(p.ID)+"/remove", nil).went(t, "/people?done=removed")
		if got, want := acts(p.ID), []string{"change", "change roles advocate trainer", "confirm", "invite", "remove", "second factor"}; !slices.Equal(got, want) {
			t.Errorf("the log tells of %q, want %q", got, want)
		}
	})
}
