package app

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/prompt"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/admin"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/internal/web/session"
	"github.com/freeline-org/freeline/internal/web/ui"
)

// newStaff joins the staff's pages: sign-in, administration, the desk.
func (f *faces) newStaff(a *App, words *i18n.Catalogue, trusted proxies) (http.Handler, error) {
	l := a.Line
	assets, err := ui.New()
	if err != nil {
		return nil, err
	}
	work := session.NewWork(l.Keeper, a.jobs, a.log)
	work.Handle(vault.JobMember, session.Members())
	work.Handle(contact.JobSettle, session.Settle(l.Book, session.Recorded(l.Record, l.Editions)))
	work.Handle(JobFacts, l.figures().Tell)
	work.Handle(JobLot, l.figures().Draw)
	work.Handle(retention.JobSearch, l.Legal.Work)
	work.Each(l.Accounts.GiveBack)
	door := session.NewDoor(l.Keeper, l.Staff, work, time.Now)
	said := saidStaff{l, a}
	pages, err := admin.New(admin.Parts{
		DB: l.Main, Keeper: l.Keeper, Accounts: l.Accounts, Staff: l.Staff, Editions: l.Editions, Line: said, Queue: l.Place, Sounds: l.Sounds, Drafts: prompt.Espeak().Speaks, Outages: l.Outages, Ringer: ringerOf(a), Harm: l.Harms, Procedures: l.Procedures, Legal: l.Legal, Door: door,
		Limits: session.NewLimits(time.Now), Client: trusted.Client, Assets: assets, Words: words, Picture: account.Picture, Log: a.log, Clock: time.Now,
	})
	if err != nil {
		return nil, err
	}
	page, err := desk.NewPage(assets, words, "/signout")
	if err != nil {
		return nil, err
	}
	machine, err := machineOf(a.cfg.Desk.Machine)
	if err != nil {
		return nil, err
	}
	console := desk.New(desk.Config{Node: hotline.NewID(), Ask: a.cfg.Desk.Quiet.Of()}, desk.Parts{
		DB: l.Main, Book: l.Book, Record: l.Record, Staff: l.Staff, Keeper: l.Keeper, Accounts: l.Accounts, Classes: l.Place, Bus: a.bus, Door: door,
		Work: work, Line: said, Outside: l.Outside, Situations: l.Situations, Decisions: l.Decisions, Consents: l.Consents, Procedures: l.Procedures, Emergencies: l.Emergencies, Editions: l.Editions, Translators: l.Translators, Machine: machine, Phrases: l.Phrases, Phone: phoneOf(a.voice), Page: page, Log: a.log,
	})
	f.ends = append(f.ends, console.Close)
	f.ends = append(f.ends, pages.Stop)
	f.works = append(f.works, work.Run)
	if a.cfg.Voice.On() {
		f.works = append(f.works, draftPrompts(l.Calls, l.Sounds, l.Editions.Counter, a.log))
	}
	f.routes = newListing()
	mux := f.routes
	console.Mount(mux, pages.Trouble)
	pages.Mount(mux)
	mux.Handle("GET "+ui.Prefix, assets)
	return session.Safe(mux, http.HandlerFunc(pages.Foreign)), nil
}

// machineOf is the operator's translating machine; nil without one.
func machineOf(address string) (interpret.Machine, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // most lines have none
	}
	return interpret.NewLoopback(address)
}

// saidStaff is what the staff's pages read of the line.
type saidStaff struct {
	*Line
	app *App
}

// Name is how the line is called in a language.
func (s saidStaff) Name(ctx context.Context, lang string) string {
	about, err := saidLine{s.Line, s.words}.About(ctx, lang)
	if err != nil {
		return s.Line.Name
	}
	return about.Name
}

// Kept are the times that stand in the configuration.
func (s saidStaff) Kept(context.Context) (admin.Kept, error) {
	r := s.app.cfg.Retention
	return admin.Kept{
		Readable: r.Readable.Of(), Destroyed: r.Destroyed.Of(), Unread: r.Unread.Of(), Parked: r.Parked.Of(), Signatures: s.app.cfg.Keys.Signatures,
	}, nil
}

// BackedUp is when the newest backup in the configured directory was made.
func (s saidStaff) BackedUp(context.Context) (at time.Time, err error) {
	found, err := filepath.Glob(filepath.Join(s.app.cfg.Backup.Dir, "main-*.age"))
	if err != nil || s.app.cfg.Backup.Dir == "" {
		return time.Time{}, err
	}
	for _, path := range found {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(at) {
			at = info.ModTime()
		}
	}
	return at, nil
}
