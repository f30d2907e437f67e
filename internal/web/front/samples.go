package front

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/i18n"
)

// A Sample is a page with made-up data, for a storybook and for tests that look
// at every page.
type Sample struct {
	Page string // such as "chat" or "parked-day"
	Lang string
	HTML []byte
}

// Samples renders every page in every language, with made-up data.
func Samples(words *i18n.Catalogue) ([]Sample, error) {
	p, err := newPages(words, nil)
	if err != nil {
		return nil, err
	}
	var all []Sample
	for _, l := range p.offered {
		for name, fill := range shown() {
			page, view := fill(p, l)
			var b bytes.Buffer
			if page == "log" {
				err = p.writeSampleLog(&b, l, view)
			} else {
				err = p.write(&b, page, view)
			}
			if err != nil {
				return nil, fmt.Errorf("sample %s %s: %w", name, l.Tag(), err)
			}
			all = append(all, Sample{name, l.Tag(), b.Bytes()})
		}
	}
	slices.SortFunc(all, func(a, b Sample) int { return cmp.Or(cmp.Compare(a.Page, b.Page), cmp.Compare(a.Lang, b.Lang)) })
	return all, nil
}

// writeSampleLog writes a log that is complete, as it stands between two rows.
func (p *pages) writeSampleLog(b *bytes.Buffer, l *i18n.Language, view any) error {
	if err := p.write(b, "log", view); err != nil {
		return err
	}
	st := stands(l, contact.Page{Contact: contact.Contact{State: contact.Live, AskedAt: 1}}, Wait{}, made(true))
	if err := p.write(b, "now", nowView{l, "1", 1, st.Title, st.More, st.Here}); err != nil {
		return err
	}
	return p.write(b, "logend", nil)
}

// made is how a made-up line stands.
func made(open bool) Standing {
	now := time.Date(2026, 11, 24, 14, 10, 0, 0, time.UTC)
	s := Standing{Now: now, Open: open, Turns: now.Add(8*time.Hour + 50*time.Minute), Wait: Wait{Known: true, Minutes: 4}}
	if !open {
		s.Turns = now.Add(17*time.Hour + 50*time.Minute)
	}
	return s
}

// disturbed is an open line whose telephone does not work.
func disturbed() Standing {
	s := made(true)
	s.Disturbed = true
	return s
}

// madeAbout is a made-up line.
func madeAbout(l *i18n.Language) About {
	a := About{
		Name: "Harbour Line", Phones: madePhones(), Text: Number{"8255", "8255"},
		Emergency: Number{"112", "112"}, KeepDays: 7,
		RunBy: map[string]string{
			"en":  "Harbour Line is run by Open Hand, a charity. It is open every day from 8 in the morning to 11 at night.",
			"es":  "Harbour Line es de Open Hand, una organización benéfica. Abre todos los días de 8 de la mañana a 11 de la noche.",
			"fr":  "Harbour Line est tenue par Open Hand, une association. Elle est ouverte tous les jours de 8 heures à 23 heures.",
			"ar":  "تدير خط المرفأ جمعية خيرية اسمها «أوبن هاند». يعمل كل يوم من 8 صباحاً إلى 11 ليلاً.",
			"fil": "Ang Harbour Line ay pinapatakbo ng Open Hand, isang kawanggawa. Bukas ito araw-araw mula 8 ng umaga hanggang 11 ng gabi.",
		}[l.Tag()],
		Night: []Help{{Number{"+15550142", "+1 555 0142"}, map[string]string{
			"en":  "For a bed tonight. Day and night, free.",
			"es":  "Para una cama esta noche. De día y de noche, gratis.",
			"fr":  "Pour un lit cette nuit. Jour et nuit, gratuit.",
			"ar":  "لسرير هذه الليلة. ليلاً ونهاراً، مجاناً.",
			"fil": "Para sa matutulugan ngayong gabi. Araw at gabi, libre.",
		}[l.Tag()]}},
	}
	if l.Tag() == "ar" {
		a.Name = "خط المرفأ"
	}
	return a
}

// madePhones are made-up numbers: one for all, one for a language.
func madePhones() []Phone {
	return []Phone{
		{Number: Number{"+15550109", "+1 555 0109"}, Cost: "free", Bill: "nothing", Networks: []Network{{"Harbour Mobile", "local"}}},
		{Number: Number{"+15550111", "+1 555 0111"}, Lang: "es", Cost: "open", Bill: "open"},
	}
}

// madeExpect is what a made-up line tells before the first word.
func madeExpect(l *i18n.Language) Expect {
	lang := l.Tag()
	body, ok := policy.Shipped()[policy.ExpectKey("chat", lang)]
	if !ok {
		lang = "en"
		body = policy.Shipped()[policy.ExpectKey("chat", lang)]
	}
	e, _ := policy.ParseExpect(body) // a test reads all that is shipped
	return Expect{Lang: lang, Number: 7, Who: e.Who, Limits: e.Limits, Next: e.Next}
}

// madeReaders is who reads at a made-up line.
func madeReaders() Readers {
	return Readers{
		List: 12, Answer: 14, Supervise: 3, Count: 2, Check: 1, Manage: 2, Other: []Team{{"Night desk", 4}},
		Notes: []Period{{Information, 365}, {Situation, 1826}, {Others, 30}},
	}
}

// said is a made-up talk.
func said(l *i18n.Language) []message {
	at := func(h, m int) time.Time { return time.Date(2026, 11, 24, h, m, 0, 0, time.UTC) }
	texts := map[string][]string{
		"en":  {"is it free", "Hello. Yes, it is free. I am Noor. Is it safe for you to write now?", "yes he is at work until 6", "Good. If that changes, press Leave now. You can always come back.", "he has my passport. i dont know where i can go", "Thank you for telling me. You have done nothing wrong. We can look at what is possible together, and you decide."},
		"es":  {"es gratis?", "Hola. Sí, es gratis. Soy Noor. ¿Es seguro para usted escribir ahora?", "sí, trabaja hasta las 6", "Bien. Si eso cambia, pulse Salir ya. Siempre puede volver.", "tiene mi pasaporte. no sé adónde ir", "Gracias por contármelo. Usted no ha hecho nada malo. Podemos ver juntos qué es posible, y usted decide."},
		"fr":  {"c'est gratuit ?", "Bonjour. Oui, c’est gratuit. Je suis Noor. Pouvez-vous écrire sans danger maintenant ?", "oui il travaille jusqu'à 18 h", "Bien. Si cela change, appuyez sur Quitter vite. Vous pouvez toujours revenir.", "il a mon passeport. je ne sais pas où aller", "Merci de me le dire. Vous n’avez rien fait de mal. Nous pouvons regarder ensemble ce qui est possible, et c’est vous qui décidez."},
		"ar":  {"هل هو مجاني", "مرحباً. نعم، مجاني. أنا نور. هل الكتابة آمنة الآن؟", "نعم هو في العمل حتى 6", "حسناً. إن تغيّر ذلك فالمغادرة الآن أفضل. العودة ممكنة دائماً.", "جواز سفري معه. لا أعرف إلى أين أذهب", "شكراً على هذا الكلام. لا ذنب هنا. نستطيع أن نرى معاً ما هو ممكن، والقرار ليس لنا."},
		"fil": {"libre po ba", "Hello. Oo, libre ito. Ako si Noor. Ligtas ba para sa iyo ang sumulat ngayon?", "opo nasa trabaho siya hanggang 6", "Mabuti. Kung magbago iyon, pindutin ang Umalis na. Puwede kang bumalik kahit kailan.", "nasa kanya passport ko. d ko alam san pupunta", "Salamat at sinabi mo sa akin. Wala kang ginawang mali. Puwede nating tingnan kung ano ang kaya, at ikaw ang magpapasya."},
	}[l.Tag()]
	var all []message
	for i, text := range texts {
		m := message{Seq: int64(i + 1), Side: seal.Caller, At: at(14, 2+i), Text: seal.Conceal(text)}
		if i%2 == 1 {
			m.Side, m.By = seal.Advocate, "Noor"
		}
		all = append(all, m)
	}
	return all
}

// shown is the table of samples.
func shown() map[string]func(*pages, *i18n.Language) (string, any) {
	frameOf := func(p *pages, name string, l *i18n.Language) frame {
		f := p.newFrame(name, l, madeAbout(l))
		f.ID = "0000000000000000000000SAMP"
		return f
	}
	plain := func(name string) func(*pages, *i18n.Language) (string, any) {
		return func(p *pages, l *i18n.Language) (string, any) { return name, plainView{frameOf(p, name, l)} }
	}
	home := func(s Standing) func(*pages, *i18n.Language) (string, any) {
		return func(p *pages, l *i18n.Language) (string, any) {
			return "home", homeView{frameOf(p, "home", l), s.Open, hours(l, s), wait(l, "front.home.chat", s), s.Disturbed}
		}
	}
	rows := func(l *i18n.Language) []rowView {
		rows := opening(l, madeAbout(l))
		for _, m := range said(l) {
			rows = append(rows, row(l, m, made(true).Now))
		}
		return rows
	}
	answers := func(n int) func(*pages, *i18n.Language) (string, any) {
		return func(p *pages, l *i18n.Language) (string, any) {
			v := answersView{frame: frameOf(p, "answers", l), Last: 6}
			for _, m := range said(l)[:2*n] {
				if !hers(m) {
					v.Replies = append(v.Replies, row(l, m, made(true).Now.Add(48*time.Hour)))
				}
			}
			return "answers", v
		}
	}
	failed := func(kind trouble, words string) func(*pages, *i18n.Language) (string, any) {
		return func(p *pages, l *i18n.Language) (string, any) {
			return "error", kind.view(frameOf(p, "error", l), words)
		}
	}
	all := map[string]func(*pages, *i18n.Language) (string, any){
		"home":           home(made(true)),
		"home-closed":    home(made(false)),
		"home-disturbed": home(disturbed()),
		"log": func(p *pages, l *i18n.Language) (string, any) {
			return "log", logView{frame: frameOf(p, "log", l), Rows: rows(l)}
		},
		"parked": func(p *pages, l *i18n.Language) (string, any) {
			return "parked", parkedView{frameOf(p, "parked", l), closed(l, made(false))}
		},
		"code": func(p *pages, l *i18n.Language) (string, any) {
			return "code", codeView{frameOf(p, "code", l), groups("4827193655027481")}
		},
		"return": func(p *pages, l *i18n.Language) (string, any) {
			return "return", returnView{frame: frameOf(p, "return", l)}
		},
		"return-nothing": func(p *pages, l *i18n.Language) (string, any) {
			return "return", returnView{frame: frameOf(p, "return", l), Nothing: true}
		},
		"answers":      answers(3),
		"answers-none": answers(0),
		"erase":        plain("erase"),
		"gone":         plain("gone"),
		"languages":    plain("languages"),
		"cover":        plain("cover"),
		"help":         plain("help"),
		"keep": func(p *pages, l *i18n.Language) (string, any) {
			return "keep", readersView{frameOf(p, "keep", l), madeReaders()}
		},
		"keep-open": func(p *pages, l *i18n.Language) (string, any) {
			return "keep", readersView{frame: frameOf(p, "keep", l)}
		},
		"error-long":    failed(tooLong, strings.Repeat("a b c\n", 300)),
		"error-fast":    failed(tooFast, ""),
		"error-busy":    failed(tooBusy, "can you write tomorrow"),
		"error-missing": failed(notHere, ""),
		"error-foreign": failed(notOurs, ""),
		"error-plain":   failed(notSafe, ""),
		"error-keep":    failed(mustKeep, ""),
		"error-outside": failed(keptOut, ""),
	}
	maps.Copy(all, shownBefore(frameOf))
	return all
}

// shownBefore are the samples of what is said and chosen before the first word, and of
// the chat around them.
func shownBefore(frameOf func(*pages, string, *i18n.Language) frame) map[string]func(*pages, *i18n.Language) (string, any) {
	return map[string]func(*pages, *i18n.Language) (string, any){
		"expect": func(p *pages, l *i18n.Language) (string, any) {
			return "expect", expectView{frameOf(p, "expect", l), wait(l, "front.expect.next", made(true)), p.told(madeExpect(l)), true}
		},
		"expect-foreign": func(p *pages, l *i18n.Language) (string, any) {
			other := p.offered[0]
			if l == other {
				other = p.offered[1]
			}
			return "expect", expectView{frameOf(p, "expect", l), wait(l, "front.expect.next", made(true)), p.told(madeExpect(other)), false}
		},
		"chat": func(p *pages, l *i18n.Language) (string, any) {
			return "chat", chatView{frame: frameOf(p, "chat", l), Wish: true}
		},
		"chat-ended": func(p *pages, l *i18n.Language) (string, any) {
			return "chat", chatView{frame: frameOf(p, "chat", l), Ended: true, Anew: true, Same: true}
		},
		"privacy": func(p *pages, l *i18n.Language) (string, any) { return "privacy", plainView{frameOf(p, "privacy", l)} },
		"ask":     func(p *pages, l *i18n.Language) (string, any) { return "ask", plainView{frameOf(p, "ask", l)} },
		"chat-promised": func(p *pages, l *i18n.Language) (string, any) {
			now := made(true).Now
			waits := contact.Contact{State: contact.Sleeping, Promised: now.Add(96 * time.Hour).UnixMilli()}
			return "chat", chatView{frame: frameOf(p, "chat", l), Promised: promised(l, waits, now.Location())}
		},
		"scope": func(p *pages, l *i18n.Language) (string, any) {
			s, err := policy.ParseScope(policy.Shipped()[policy.ScopeKey(l.Tag())])
			if err != nil {
				s, _ = policy.ParseScope(policy.Shipped()[policy.ScopeKey("en")])
			}
			return "scope", p.scope(frameOf(p, "scope", l), Scope{Lang: l.Tag(), For: s.For, Not: s.Not, Pass: s.Pass})
		},
		"who": func(p *pages, l *i18n.Language) (string, any) {
			return "who", readersView{frameOf(p, "who", l), madeReaders()}
		},
	}
}
